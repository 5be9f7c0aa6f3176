/** Who is in the demo company, and which agents work for it. All of it is made up, and the tenant is marked as a demo. */
import type { Role } from "../../core/permissions";

type Provider = "anthropic" | "openai" | "google";

export type StoryAgent = {
  slug: string;
  name: string;
  description: string;
  systemPrompt: string;
  /** What it calls where the simulator answers for all providers. */
  provider: Provider;
  model: string;
  maxTokens: number;
  tools?: { name: "notes"; approval: { required: true; expiresAfterMinutes: number } }[];
};

export type StoryPerson = { subject: string; name: string; role: Role };

/** A month: whoever starts the demo again finds it still waiting. */
const WAITS_MINUTES = 30 * 24 * 60;

export const STORY_AGENTS: readonly StoryAgent[] = [
  {
    slug: "support-desk",
    name: "Support desk",
    description: "Answers customers by e-mail and on the website. Demo.",
    systemPrompt:
      "You answer customers of a shop for lamps. Be kind and short. Promise no money back: note what is asked for, and somebody decides.",
    provider: "openai",
    model: "gpt-6.1-terra",
    maxTokens: 2_048,
    tools: [{ name: "notes", approval: { required: true, expiresAfterMinutes: WAITS_MINUTES } }],
  },
  {
    slug: "researcher",
    name: "Researcher",
    description: "Reads up on things and sums them up. Demo.",
    systemPrompt:
      "You look into questions of the company thoroughly. Say what is known, what is assumed, and what you would look at next.",
    provider: "anthropic",
    model: "claude-opus-5-5",
    maxTokens: 8_192,
  },
  {
    slug: "translator",
    name: "Translator",
    description: "Translates what goes to customers. Demo.",
    systemPrompt: "You translate texts of a shop for lamps. Keep the tone; change no figure.",
    provider: "google",
    model: "gemini-3.8-flash",
    maxTokens: 2_048,
  },
];

export const STORY_PEOPLE: readonly StoryPerson[] = [
  { subject: "demo-mara", name: "Mara Lindt", role: "admin" },
  { subject: "demo-theo", name: "Theo Brandt", role: "operator" },
];
