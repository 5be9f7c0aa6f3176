/** Asking whether an account works: by real SDKs and sockets, of a provider that is there, one that is not, and worse. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ProviderName } from "../../../src/providers/provider";
import { startSimulator, type Simulator } from "../../../src/providers/simulator/server";
import { verify } from "../../../src/providers/verify";

const NAMES: readonly ProviderName[] = ["anthropic", "openai", "openai_compatible", "google"];
const KEY = "sk-the-right-one-of-all";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ apiKeys: [KEY] });
});
afterAll(async () => await simulator.close());

function addressFor(name: ProviderName): string {
  if (name === "anthropic") return simulator.anthropicBaseUrl;
  return name === "google" ? simulator.googleBaseUrl : simulator.openAiBaseUrl;
}

async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const saying =
  (status: number, text: string, type = "application/json"): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { "content-type": type }).end(text);

describe.each(NAMES)("%s", (name) => {
  const verifyAt = async (baseUrl: string, answerMsMax?: number) =>
    await verify(name, { apiKey: KEY, baseUrl }, answerMsMax);

  test("takes the right key and no other, for nothing", async () => {
    const baseUrl = addressFor(name);
    expect(await verify(name, { apiKey: KEY, baseUrl })).toEqual({ outcome: "works" });
    const refused = { outcome: "failed", failureClass: "authentication", status: 401 };
    expect(await verify(name, { apiKey: "sk-guessed", baseUrl })).toEqual(refused);
    expect(simulator.ledger.entries).toEqual([]);
  });

  test("is asked for its list at the address that its SDK would ask", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(input instanceof Request ? input.url : String(input));
      return await Promise.resolve(Response.json({ data: [] }));
    };
    expect(await verify(name, { apiKey: KEY, baseUrl: null, fetch })).toEqual({ outcome: "works" });
    expect(asked).toEqual([OWN_ADDRESSES[name]]);
  });

  test("that lists its models to anybody says nothing of the key", async () => {
    for (const list of [{ data: [] }, { models: [] }, []]) {
      const baseUrl = await serving(saying(200, JSON.stringify(list)));
      expect(await verifyAt(baseUrl)).toEqual({ outcome: "open" });
    }
  });

  test("where nobody listens is the network's trouble", async () => {
    const baseUrl = await new Promise<string>((resolve) => {
      const closed = createServer().listen(0, "127.0.0.1", () => {
        const { port } = closed.address() as AddressInfo;
        closed.close(() => resolve(`http://127.0.0.1:${port}`));
      });
    });
    const unreachable = { outcome: "failed", failureClass: "network", status: null };
    expect(await verifyAt(baseUrl)).toEqual(unreachable);
  });

  test.each<[string, RequestListener]>([
    ["never answers", () => undefined],
    ["never ends", (_request, response) => void response.writeHead(200).write("[")],
  ])("that %s is given up", async (_what, answer) => {
    const late = { outcome: "failed", failureClass: "timeout", status: null };
    expect(await verifyAt(await serving(answer), 100)).toEqual(late);
  });

  test.each([
    {
      what: "a page",
      answer: saying(200, "<html>Welcome</html>", "text/html"),
      failed: { failureClass: "server", status: 200 },
    },
    {
      what: "other JSON",
      answer: saying(200, '{"status": "ok"}'),
      failed: { failureClass: "server", status: 200 },
    },
    {
      what: "a list without an end",
      answer: endless,
      failed: { failureClass: "server", status: 200 },
    },
    {
      what: "no such path",
      answer: saying(404, "nothing here", "text/plain"),
      failed: { failureClass: "not_found", status: 404 },
    },
    {
      what: "trouble",
      answer: saying(503, ""),
      failed: { failureClass: "overloaded", status: 503 },
    },
  ])("that answers with $what does not work", async ({ answer, failed }) => {
    expect(await verifyAt(await serving(answer))).toEqual({ outcome: "failed", ...failed });
  });

  test("that redirects is not followed, and nothing that it says is repeated", async () => {
    const asked: string[] = [];
    const inside = await serving((request, response) => {
      asked.push(request.url ?? "");
      response.end('{"data": []}');
    });
    const baseUrl = await serving((_request, response) => {
      response.writeHead(307, { location: inside }).end(KEY);
    });
    const found = await verifyAt(baseUrl);
    expect(found).toEqual({ outcome: "failed", failureClass: "invalid_request", status: 307 });
    expect(asked).toEqual([]);
  });
});

const OWN_ADDRESSES: Readonly<Record<ProviderName, string>> = {
  anthropic: "https://api.anthropic.com/v1/models?limit=1",
  openai: "https://api.openai.com/v1/models",
  openai_compatible: "https://api.openai.com/v1/models",
  google: "https://generativelanguage.googleapis.com/v1/models?pageSize=1",
};

/** JSON that goes on for longer than any list, as fast as it is read. */
function endless(...[, response]: Parameters<RequestListener>): void {
  response.writeHead(200, { "content-type": "application/json" }).write("[");
  const piece = `"${"x".repeat(64 * 1024)}",`;
  const go = () => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once("drain", go);
  };
  go();
}
