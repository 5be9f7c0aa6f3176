/** An address that was checked may redirect anywhere: to the machines behind the deployment, say. Nobody goes there. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { embed } from "../../../src/providers/embeddings";
import type { ProviderName } from "../../../src/providers/provider";
import { providerFor } from "../../../src/providers/registry";
import { collect, requestOf } from "./calls";

const NAMES: readonly ProviderName[] = ["anthropic", "openai", "openai_compatible", "google"];
const REDIRECTS = "the provider redirects, which is not followed: name its final address";

async function listening(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Redirects to a server of which `asked` says what it was asked. */
async function redirecting(status: number): Promise<{ baseUrl: string; asked: string[] }> {
  const asked: string[] = [];
  const inside = await listening((request, response) => {
    asked.push(request.url ?? "");
    response.end("a secret");
  });
  const baseUrl = await listening((request, response) => {
    request.resume();
    response.writeHead(status, { location: `${inside}/secret` }).end("a hint");
  });
  return { baseUrl, asked };
}

test.each(NAMES.flatMap((name) => [302, 303, 307, 308].map((status) => [name, status] as const)))(
  "%s, %d",
  async (name, status) => {
    const { baseUrl, asked } = await redirecting(status);
    const provider = providerFor(name, { apiKey: "k", baseUrl });
    const { error } = await collect(provider.stream(requestOf("Hello")));
    expect(error).toMatchObject({ failureClass: "invalid_request", usage: null });
    expect(error?.message).toContain(REDIRECTS);
    expect(error?.message).not.toContain("hint");
    expect(asked).toEqual([]);
  },
);

test("an embedding", async () => {
  const { baseUrl, asked } = await redirecting(307);
  const text = { model: "m", input: "some text", encodingFormat: "float", tokensMax: 8 } as const;
  const made = await embed({ apiKey: "k", baseUrl }, text);
  expect(made).toMatchObject({ ok: false, usage: null });
  expect(made.ok ? "" : made.failure.message).toContain(REDIRECTS);
  expect(asked).toEqual([]);
});
