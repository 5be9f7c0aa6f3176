/** Images and files that clients of `/v1` give: what they are by their bytes, and what is held for them. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { PERMISSIONS } from "../../src/core/permissions";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { openEmbedded, type Backend } from "../convex/drivers";
import { supportBot, tenantWith } from "../convex/setup";

let simulator: Simulator;
let t: Backend;
let tenants = 0;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
  t = await openEmbedded({
    ANTHROPIC_API_KEY: "test",
    ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    GOOGLE_API_KEY: "test",
    GOOGLE_BASE_URL: simulator.googleBaseUrl,
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
  });
});
afterAll(async () => {
  await t.close();
  await simulator.close();
});
beforeEach(() => simulator.control.reset());

const base64 = (latin1: string) => Buffer.from(latin1, "latin1").toString("base64");
const PNG = base64("\x89PNG\r\n\x1a\n and pixels");
const JPEG = base64("\xff\xd8\xff\xe0 and pixels");
const PDF = base64("%PDF-1.7\n and pages");
const WAV = base64("RIFF\x24\x00\x00\x00WAVEfmt and a song");
const TEXT = base64("A very long text. ".repeat(1_000));
const dataUrl = (type: string, data: string) => `data:${type};base64,${data}`;

const GEMINI = { provider: "google", model: "gemini-3.5-flash" } as const;
const GPT = { provider: "openai", model: "gpt-5-mini" } as const;
const CLAUDE = { provider: "anthropic", model: "claude-opus-4-6" } as const;

type Model = { provider: "google" | "openai" | "anthropic"; model: string };

/** Asks an agent of a tenant of its own, which may have a budget. */
async function asking(of: Model, monthlyBudget?: string) {
  const owner = await tenantWith(t, { subject: `media-${++tenants}` });
  const { channels: _channels, skills: _skills, ...bot } = supportBot();
  const agent = { ...bot, ...of, ...(monthlyBudget !== undefined && { monthlyBudget }) };
  const agentId = await owner.as.mutation(api.mutations.agents.create, agent);
  const made = { name: "Tests", scopes: [...PERMISSIONS] };
  const { key } = await owner.as.action(api.actions.keys.create, made);
  return async (path: string, body: object) => {
    const response = await t.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ model: `agent:${agentId}`, ...body }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
}

const chat = (...parts: object[]) =>
  [
    "/v1/chat/completions",
    { max_tokens: 20, messages: [{ role: "user", content: parts }] },
  ] as const;
const responses = (...parts: object[]) =>
  ["/v1/responses", { max_output_tokens: 20, input: [{ role: "user", content: parts }] }] as const;
const messages = (...parts: object[]) =>
  ["/v1/messages", { max_tokens: 20, messages: [{ role: "user", content: parts }] }] as const;

const imageUrl = (url: string) => ({ type: "image_url", image_url: { url } });
const file = (file_data: string, filename = "f") => ({
  type: "file",
  file: { file_data, filename },
});
const source = (media_type: string, data: string) => ({ type: "base64", media_type, data });

const IMAGE = "must be a PNG, JPEG, WebP or GIF image";
const FILE = "must be a PDF";
test.each([
  ["a text that says so", chat(imageUrl(dataUrl("text/plain", TEXT))), IMAGE],
  ["a text that is called an image", chat(imageUrl(dataUrl("image/png", TEXT))), IMAGE],
  ["a PDF as an image", chat(imageUrl(dataUrl("image/png", PDF))), IMAGE],
  ["a sound as an image", chat(imageUrl(dataUrl("audio/wav", WAV))), IMAGE],
  ["no base64", chat(imageUrl("data:image/png;base64,A===A")), IMAGE],
  ["a text as a file", chat(file(dataUrl("application/pdf", TEXT))), FILE],
  ["an image as a file", chat(file(dataUrl("application/pdf", PNG))), FILE],
  [
    "a text as an input_image",
    responses({ type: "input_image", image_url: dataUrl("image/gif", TEXT) }),
    IMAGE,
  ],
  [
    "a text as an input_file",
    responses({ type: "input_file", file_data: dataUrl("text/plain", TEXT) }),
    FILE,
  ],
  [
    "a text as Anthropic's image",
    messages({ type: "image", source: source("image/png", TEXT) }),
    IMAGE,
  ],
  [
    "a text as Anthropic's document",
    messages({ type: "document", source: source("text/plain", TEXT) }),
    FILE,
  ],
])("%s is refused, and nobody is called", async (_what, [path, body], reason) => {
  const ask = await asking(GEMINI);
  const answer = await ask(path, body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(reason);
  expect(simulator.requests).toEqual([]);
});

test("what it is goes with it, whatever its sender calls it", async () => {
  const mislabelled = imageUrl(dataUrl("image/png", JPEG));
  const answer = await (await asking(GEMINI))(...chat(mislabelled));
  expect(answer.status).toBe(200);
  const inline = { inlineData: { mimeType: "image/jpeg", data: JPEG } };
  expect(simulator.requests.at(-1)).toMatchObject({ contents: [{ parts: [inline] }] });

  const shown = messages(
    { type: "image", source: source("image/jpeg", PNG) },
    { type: "document", source: source("application/pdf", PDF), title: "bill.pdf" },
  );
  expect((await (await asking(CLAUDE))(...shown)).status).toBe(200);
  expect(simulator.requests.at(-1)).toMatchObject({
    messages: [
      {
        content: [
          { type: "image", source: source("image/png", PNG) },
          { type: "document", title: "bill.pdf", source: source("application/pdf", PDF) },
        ],
      },
    ],
  });
});

test("a file's name is read, too, and is held like any text", async () => {
  const ask = await asking(GPT, "0.01");
  const pdf = dataUrl("application/pdf", PDF);
  expect((await ask(...chat(file(pdf, "bill.pdf")))).status).toBe(200);
  const long = await ask(...chat(file(pdf, "word ".repeat(20_000))));
  expect(long).toMatchObject({ status: 402 });
});

const MINI = { provider: "openai", model: "gpt-4o-mini" } as const;
const picture = imageUrl(dataUrl("image/png", PNG));
const pictureAt = imageUrl("https://pictures.example/cat.png");

test.each([
  ["given", picture],
  ["fetched by the provider", pictureAt],
])("of a picture that is %s what the called model makes of one is held", async (_how, shown) => {
  // Text and answer come to a fraction of a cent; one picture to 0.7 cents of the one, 0.1 of the other.
  const budget = "0.005";
  expect((await (await asking(GPT, budget))(...chat(shown))).status).toBe(200);
  const sent = { content: [{ type: "input_image", detail: "high" }] };
  expect(simulator.requests.at(-1)).toMatchObject({ input: [sent] });
  simulator.control.reset();
  const ask = await asking(MINI, budget);
  expect(await ask(...chat(shown))).toMatchObject({ status: 402 });
  expect(await ask(...responses({ type: "input_text", text: "Hi" }))).toMatchObject({
    status: 200,
  });
  expect(simulator.requests).toHaveLength(1);
});

test("no more is held for pictures than the model can read", async () => {
  // 128,000 tokens at $2.50 for a million are $0.32, where sixty pictures could come to 186,000.
  const whole = { provider: "openai", model: "gpt-4o" } as const;
  const many = Array.from({ length: 60 }, () => picture);
  expect((await (await asking(whole, "0.4"))(...chat(...many))).status).toBe(200);
  expect((await (await asking(whole, "0.3"))(...chat(...many))).status).toBe(402);
});
