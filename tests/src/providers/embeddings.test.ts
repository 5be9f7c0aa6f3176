/** What an embedding is booked at where its provider says nothing of what it cost. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { embed } from "../../../src/providers/embeddings";

async function serving(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function embedAt(baseUrl: string) {
  const text = {
    model: "text-embedding-3-small",
    input: "eight by",
    encodingFormat: "float",
  } as const;
  return await embed({ apiKey: "test", baseUrl }, { ...text, tokensMax: 8 });
}

function saying(usage: object) {
  const body = { object: "list", model: "any", data: [{ index: 0, embedding: [0] }], ...usage };
  return (response: ServerResponse) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

test("what the provider states is booked, an explicit zero too", async () => {
  const usage = { prompt_tokens: 0, total_tokens: 0 };
  const made = await embedAt(await serving(saying({ usage })));
  expect(made).toMatchObject({ ok: true, usage: { source: "provider" } });
  expect(made.usage?.usage.tokens.inputFresh).toBe(0);
});

test.each([{}, { usage: {} }, { usage: { prompt_tokens: null } }])(
  "an answer that states no usage is an estimate and no zero: %o",
  async (said) => {
    const made = await embedAt(await serving(saying(said)));
    expect(made).toMatchObject({ ok: true });
    expect(made.usage).toMatchObject({ source: "estimated", reconciliation: "unknown" });
    expect(made.usage?.usage.tokens.inputFresh).toBe(2);
  },
);

test("a call that never left costs nothing", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  for (const baseUrl of [`http://127.0.0.1:${port}/v1`, "http://nowhere.invalid/v1"]) {
    expect(await embedAt(baseUrl), baseUrl).toMatchObject({ ok: false, usage: null });
  }
});

test("one that was cut after it was sent is booked at all that was asked for", async () => {
  const made = await embedAt(await serving((response) => response.destroy()));
  expect(made).toMatchObject({ ok: false, usage: { reconciliation: "unknown" } });
  expect(made.usage?.usage.tokens.inputFresh).toBe(8);
});

test("one that its provider refuses costs nothing", async () => {
  const refused = (response: ServerResponse) => void response.writeHead(400).end("{}");
  expect(await embedAt(await serving(refused))).toMatchObject({ ok: false, usage: null });
});
