/** What people of the demo company said to its agents in the last two weeks, and were told. */
import type { StoryAgent } from "./people";

type Told = {
  said: string;
  reply: string;
  thoughtTokens?: number;
  failure?: { status: number; message: string };
  toolCall?: { name: string; argumentsJson: string };
};

export type StorySession = {
  name: string;
  title: string;
  agent: StoryAgent["slug"];
  /** Of `STORY_PEOPLE`. */
  by: string;
  channel: string;
  hoursAgo: number;
  turns: readonly Told[];
};

const DAY = 24;

export const STORY_SESSIONS: readonly StorySession[] = [
  {
    name: "listed-buildings",
    title: "Light for old houses",
    agent: "researcher",
    by: "demo-mara",
    channel: "dashboard",
    hoursAgo: 13 * DAY + 3,
    turns: [
      {
        said: "Which lamps are allowed in listed buildings, and who decides it?",
        reply:
          "In most places the monument office decides, case by case. What is known: fittings that need no new wiring are rarely a matter for it. What is assumed: that ours count as such. I would ask the office of one town, with two of our data sheets.",
        thoughtTokens: 3_900,
      },
      {
        said: "Write the question to the office, in five sentences.",
        reply:
          "We make lamps that are hung without drilling. A customer wants to use two of them in the hall of a listed house. The data sheets are enclosed. Does this need a permit, and if so, from whom? We would be glad of a short answer that we may pass on to customers.",
        thoughtTokens: 1_800,
      },
    ],
  },
  {
    name: "order-4711",
    title: "Where is order 4711?",
    agent: "support-desk",
    by: "demo-theo",
    channel: "email",
    hoursAgo: 12 * DAY + 6,
    turns: [
      {
        said: "A customer asks where order 4711 is. The carrier says it was handed over on Monday.",
        reply:
          "Dear customer, your order was handed to the carrier on Monday and should reach you by Thursday. If it does not, answer this message and we will look for it together.",
      },
      {
        said: "It is Friday, and nothing has come.",
        reply:
          "I am sorry about that. We have asked the carrier to look for the parcel. You will hear from us by Tuesday, with the parcel or with another one.",
      },
    ],
  },
  {
    name: "product-page-french",
    title: "Product page into French",
    agent: "translator",
    by: "demo-mara",
    channel: "slack",
    hoursAgo: 11 * DAY + 2,
    turns: [
      {
        said: "Into French: A lamp that you hang without drilling. It comes in oak and in ash, and its light is warm.",
        reply:
          "Une lampe que l’on accroche sans percer. Elle existe en chêne et en frêne, et sa lumière est chaude.",
      },
      {
        said: "Shorter, for the button below the picture.",
        reply: "À accrocher sans percer",
      },
    ],
  },
  {
    name: "competitors",
    title: "What others charge",
    agent: "researcher",
    by: "demo-mara",
    channel: "dashboard",
    hoursAgo: 10 * DAY + 5,
    turns: [
      {
        said: "What do lamps like ours cost elsewhere? Three price bands will do.",
        reply:
          "Low: 40 to 70, printed wood, no spare parts. Middle: 90 to 160, solid wood, two years. High: 220 and more, made to order. Ours stands in the middle by price and near the high band by what it is made of. I would look at delivery times next: that is where the middle differs most.",
        thoughtTokens: 4_600,
      },
    ],
  },
  {
    name: "broken-lamp",
    title: "Refund for a broken lamp",
    agent: "support-desk",
    by: "demo-theo",
    channel: "web",
    hoursAgo: 9 * DAY + 1,
    turns: [
      {
        said: "The shade arrived broken. I want my money back.",
        reply:
          "I am sorry that it came broken. Could you send a picture of the shade and of the box? A colleague decides on the refund today.",
      },
      {
        said: "Picture sent. How long does it take?",
        reply: "Thank you, that is all we need. You will have an answer by this evening.",
      },
    ],
  },
  {
    name: "reading-list",
    title: "Reading list on packaging",
    agent: "researcher",
    by: "demo-mara",
    channel: "dashboard",
    hoursAgo: 7 * DAY + 4,
    turns: [
      {
        said: "We want to do without foam in our boxes. Where do I begin to read?",
        reply:
          "With the drop tests of parcel carriers: they say what a box has to bear. Then with moulded pulp, which does best at our weights. I would weigh our three boxes first, and only then ask makers for samples.",
        thoughtTokens: 3_200,
      },
      {
        said: "And what would a change cost us per box?",
        reply:
          "Roughly 30 to 45 cents more at a thousand boxes, and about the same as now at five thousand. That is assumed from list prices; two offers would tell.",
        thoughtTokens: 2_700,
      },
    ],
  },
  {
    name: "change-of-address",
    title: "Change of address",
    agent: "support-desk",
    by: "demo-theo",
    channel: "email",
    hoursAgo: 6 * DAY + 7,
    turns: [
      {
        said: "A customer has moved and wants order 4790 at the new address.",
        reply:
          "Dear customer, order 4790 has not left us yet. We have noted the new address; you will get a new confirmation in a few minutes.",
      },
    ],
  },
  {
    name: "newsletter-spanish",
    title: "Newsletter, Spanish",
    agent: "translator",
    by: "demo-mara",
    channel: "slack",
    hoursAgo: 5 * DAY + 3,
    turns: [
      {
        said: "Into Spanish: This month we plant a tree for each lamp. Thank you for being part of it.",
        reply: "Este mes plantamos un árbol por cada lámpara. Gracias por formar parte de ello.",
      },
    ],
  },
  {
    name: "wrong-vat",
    title: "Invoice with the wrong VAT",
    agent: "support-desk",
    by: "demo-theo",
    channel: "email",
    hoursAgo: 4 * DAY + 2,
    turns: [
      {
        said: "The invoice of order 4802 shows VAT although the customer is a company in Austria.",
        reply:
          "Dear customer, thank you for telling us. With your VAT number we send you a corrected invoice; the amount is then returned to the card that you paid with.",
      },
    ],
  },
  {
    name: "refurbished",
    title: "Taking old lamps back",
    agent: "researcher",
    by: "demo-mara",
    channel: "dashboard",
    hoursAgo: 3 * DAY + 6,
    turns: [
      {
        said: "Would it pay to take our old lamps back and sell them again?",
        reply:
          "It may, for the oak ones: shades are a fifth of the cost and almost all of the damage. At 25 for the lamp, 18 for a shade and 12 for the work there are about 40 left at today’s second-hand prices. I would try it with fifty lamps before anything is built for it.",
        thoughtTokens: 5_400,
      },
      {
        said: "List what could go wrong.",
        reply:
          "Lamps that come back unsafe, which have to be tested. Stock that nobody can plan. Buyers who wait for the cheaper one. And a promise on the website that costs more to keep than it brings.",
        thoughtTokens: 2_300,
      },
    ],
  },
  {
    name: "terms-of-delivery",
    title: "Terms of delivery",
    agent: "translator",
    by: "demo-mara",
    channel: "slack",
    hoursAgo: 2 * DAY + 4,
    turns: [
      {
        said: "Into Italian: We deliver within five working days. Delivery is free from 80 euros.",
        reply:
          "Consegniamo entro cinque giorni lavorativi. La consegna è gratuita a partire da 80 euro.",
      },
    ],
  },
  {
    name: "switzerland",
    title: "Delivery to Switzerland",
    agent: "support-desk",
    by: "demo-theo",
    channel: "web",
    hoursAgo: 2 * DAY + 1,
    turns: [
      {
        said: "Do you deliver to Zürich, and who pays the customs?",
        reply:
          "Yes, within seven working days. We pay the customs; the price that you see is what you pay.",
      },
    ],
  },
  {
    name: "supplier-questions",
    title: "Questions for the supplier",
    agent: "researcher",
    by: "demo-mara",
    channel: "dashboard",
    hoursAgo: DAY + 5,
    turns: [
      {
        said: "We meet the supplier of our ash wood tomorrow. What should we ask?",
        reply:
          "Where the wood is cut and who says so. What happens to the price if we take twice as much. How long they keep our sizes in stock. And what they would change about our drawings: they see more lamps than we do.",
        thoughtTokens: 3_600,
      },
    ],
  },
  {
    name: "voucher",
    title: "A voucher that does not work",
    agent: "support-desk",
    by: "demo-theo",
    channel: "web",
    hoursAgo: 9,
    turns: [
      {
        said: "My voucher LAMP10 is not accepted.",
        reply: "",
        failure: { status: 529, message: "the provider is overloaded, try again later" },
      },
    ],
  },
  {
    name: "goodwill",
    title: "Goodwill for order 4825",
    agent: "support-desk",
    by: "demo-theo",
    channel: "email",
    hoursAgo: 2,
    turns: [
      {
        said: "Order 4825 came two weeks late. The customer asks for something in return.",
        reply: "I would like to note a goodwill of 15 euros for order 4825.",
        toolCall: {
          name: "notes",
          argumentsJson: JSON.stringify({
            action: "write",
            name: "Goodwill, order 4825",
            text: "15 euros, because the parcel came two weeks late. To be paid to the card used.",
          }),
        },
      },
    ],
  },
];
