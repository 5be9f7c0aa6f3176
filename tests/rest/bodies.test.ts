/** What is sent as something else than JSON is refused by every route that takes a body, and nothing changes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldsOf, methodOf, pathOf } from "../../convex/rest/native/route";
import { allRoutes } from "../../convex/rest/native/table";
import { supportBot, tenantWith } from "../convex/setup";
import { programOf, programWith, type Program } from "./calls";
import type { Document } from "./contract";
import { openSocket, type Socket } from "./socket";

const routes = await allRoutes();
const withBody = routes.filter((route) => "door" in route && fieldsOf(route).body !== null);

let socket: Socket;
let call: Program;
beforeAll(async () => {
  socket = await openSocket({ API_RATE_LIMITS: '{"write":1000000}' });
  call = await programOf(over(socket), await tenantWith(socket.t, { subject: "bodies" }));
}, 240_000);
afterAll(async () => await socket.close());

/** Requests by the socket, and functions by hand. */
function over({ siteUrl }: Socket) {
  return { fetch: async (path: string, init?: RequestInit) => await fetch(siteUrl + path, init) };
}

test("a change that is no JSON by its type is no change", async () => {
  const made = await call("POST /agents", { body: supportBot() });
  const at = `/agents/${String(made.body["_id"])}` as const;
  const body = '{"name":"Renamed"}';
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "", "application/jsonp"]) {
    const refused = await call(`PATCH ${at}`, { body, headers: { "content-type": type } });
    expect(refused.body, type).toMatchObject({ status: 415, kind: "unsupported_media_type" });
    expect((await call(`GET ${at}`)).body).toMatchObject({ name: supportBot().name, version: 1 });
  }
  const type = "Application/JSON; charset=utf-8";
  const changed = await call(`PATCH ${at}`, { body, headers: { "content-type": type } });
  expect(changed.status).toBe(204);
  expect((await call(`GET ${at}`)).body).toMatchObject({ name: "Renamed" });
});

test("no other route takes it either", async () => {
  expect(withBody.length).toBeGreaterThan(40);
  for (const route of withBody) {
    const path = pathOf(route).replaceAll(/\{\w+\}/g, "x");
    const at = `${methodOf(route).toUpperCase()} ${path}` as `POST /${string}`;
    const sent = { body: "{}", headers: { "content-type": "text/plain" } };
    expect((await call(at, sent)).status, at).toBe(415);
  }
});

test("the examples in the document are taken", async () => {
  const { body: document } = await call("GET /openapi.json");
  const { paths } = document as unknown as Document;
  const { body: agent } = await call("POST /agents", { body: supportBot() });
  const { body: session } = await call("POST /sessions", { body: { agentId: agent["_id"] } });
  const shown = Object.entries(paths).flatMap(([path, { post }]) => {
    const example = post?.requestBody?.content["application/json"]?.example;
    return example === undefined ? [] : [{ path, example }];
  });
  expect(shown.length).toBeGreaterThan(4);
  for (const { path, example } of shown) {
    const body = { ...example, ...("agentId" in example && { agentId: agent["_id"] }) };
    const at = path.replace("{sessionId}", String(session["_id"])) as `/${string}`;
    expect((await call(`POST ${at}`, { body })).status, path).toBe(201);
  }
});

test("of nobody it is not even said", async () => {
  const sent = { body: "{}", headers: { "content-type": "text/plain" } };
  const refused = await programWith(over(socket), {})("POST /agents", sent);
  expect(refused.status).toBe(401);
});

test("no body is longer than a body may be", async () => {
  const body = JSON.stringify("a".repeat(1024 * 1024));
  for (const method of ["POST", "PATCH", "DELETE"]) {
    const answer = await call(`${method} /agents/none` as `POST /${string}`, { body });
    expect(answer.body, method).toMatchObject({ status: 413, kind: "body_too_large" });
  }
});

test("strangers are not told what else is wrong", async () => {
  for (const key of ["none", `ak_live_${"a".repeat(57)}`]) {
    const stranger = programWith(over(socket), { "x-api-key": key });
    const answer = await stranger("POST /agents", { body: {} });
    expect(answer.body, key).toMatchObject({ kind: "unauthenticated" });
  }
});

test("the document asks for a sign-in where no key does", async () => {
  const { body } = await call("GET /openapi.json");
  type Operation = { security: object[]; "x-permission"?: string };
  const { paths } = body as unknown as { paths: Record<string, Record<string, Operation>> };
  expect(paths["/me"]?.["get"]?.security).toEqual([{ bearer: [] }]);
  expect((await call("GET /me")).status).toBe(401);
  expect(paths["/agents"]?.["get"]?.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
});
