/** Starting, serving, draining: what requests and load balancers are told. */
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openPorts } from "../../../src/embedded/server/ports";
import { startServer } from "../../../src/embedded/serve";
import { FakeRuntime } from "./fakeRuntime";
import { ADMIN_KEY } from "./rawClient";
import { serve } from "./serving";

const FREE = { port: 0, sitePort: 0 };

async function health(apiUrl: string) {
  const response = await fetch(`${apiUrl}/health`);
  return [response.status, await response.json()] as const;
}

test("before there is something to serve, everything is told to come back", async () => {
  const ports = await openPorts(FREE);
  onTestFinished(() => ports.close(0));
  expect(await health(ports.apiUrl)).toEqual([503, { status: "starting" }]);
  const response = await fetch(`${ports.siteUrl}/anything`);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await response.json()).toMatchObject({ code: "Starting" });
  expect(await upgrade(ports.apiUrl)).toContain("503 Service Unavailable");
});

test("health asks for a deployment and a store that answers; the version needs neither", async () => {
  const { apiUrl, runtime, errors } = await serve();
  expect(await health(apiUrl)).toEqual([503, { status: "no deployment" }]);
  runtime.deployment = () => ({ version: "1", components: new Map() }) as never;
  expect(await health(apiUrl)).toEqual([200, { status: "ok" }]);
  runtime.storeFailure = new Error("the disk is gone");
  expect(await health(apiUrl)).toEqual([503, { status: "store failed" }]);
  expect(errors).toEqual([runtime.storeFailure]);
  expect((await fetch(`${apiUrl}/version`)).status).toBe(200);
});

test("while what runs ends, others are told so; then the ports are closed", async () => {
  const runtime = new FakeRuntime({
    "m:slow": { kind: "mutation", run: () => "done" },
  });
  let goOn = () => {};
  let hasStarted = () => {};
  const started = new Promise<void>((resolve) => (hasStarted = resolve));
  runtime.beforeMutation = () => {
    hasStarted();
    return new Promise((resolve) => (goOn = resolve));
  };
  const server = await startServer({ runtime, adminKey: ADMIN_KEY, ...FREE });
  const call = fetch(`${server.apiUrl}/api/mutation`, {
    method: "POST",
    body: JSON.stringify({ path: "m:slow", args: {} }),
  });
  await started;
  const closed = server.close({ graceMs: 30_000 });
  expect(await health(server.apiUrl)).toEqual([503, { status: "draining" }]);
  const refused = await fetch(`${server.apiUrl}/api/mutation`, { method: "POST", body: "{}" });
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: "ShuttingDown" }]);
  expect(await upgrade(server.apiUrl)).toContain("503 Service Unavailable");
  goOn();
  expect(await (await call).json()).toMatchObject({ status: "success", value: "done" });
  await closed;
  await expect(fetch(`${server.apiUrl}/health`)).rejects.toThrow("fetch failed");
});

/** What a request for a WebSocket is answered with. */
async function upgrade(apiUrl: string): Promise<string> {
  const { hostname, port } = new URL(apiUrl);
  const socket = connect(Number(port), hostname);
  socket.write(
    "GET /api/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [line = ""] = await new Promise<string[]>((resolve) =>
    socket.once("data", (data) => resolve(data.toString().split("\r\n"))),
  );
  socket.destroy();
  return line;
}
