/** The native API as programs see it, by its agents: what all its routes have in common. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { onEachDriver, sharedSetup, supportBot, tenantWith } from "../convex/setup";
import { programOf, programWith } from "./calls";

onEachDriver((driver) => {
  describe("the native API", () => {
    const origin = "https://app.example.com";
    const t = sharedSetup({ API_ALLOWED_ORIGINS: `https://other.example.com, ${origin}` });
    let tenants = 0;
    const tenant = async () => await tenantWith(t(), { subject: `rest-${driver}-${++tenants}` });
    const program = async () => await programOf(t(), await tenant());

    test("makes, reads, changes, lists and archives", async () => {
      const call = await program();
      const made = await call("POST /agents", { body: supportBot() });
      expect(made.status).toBe(201);
      const id = String(made.body["_id"]);
      expect(made.headers.get("location")).toBe(`/api/v1/agents/${id}`);

      const changed = await call(`PATCH /agents/${id}`, { body: { name: "Renamed" } });
      expect([changed.status, changed.body]).toEqual([204, { text: "" }]);
      const read = await call(`GET /agents/${id}`);
      expect(read.status).toBe(200);
      expect(read.body).toMatchObject({ _id: id, name: "Renamed", version: 2 });

      expect((await call(`DELETE /agents/${id}`)).status).toBe(204);
      const archived = await call("GET /agents?status=archived");
      expect(archived.body).toMatchObject({ data: [{ _id: id }], nextCursor: null });
    });

    test("gives lists in pages, and refuses cursors of other lists", async () => {
      const call = await program();
      for (const name of ["One", "Two", "Three"]) {
        await call("POST /agents", { body: { ...supportBot(), name } });
      }
      const first = await call("GET /agents?limit=2");
      expect(first.body["data"]).toMatchObject([{ name: "Three" }, { name: "Two" }]);
      const cursor = encodeURIComponent(String(first.body["nextCursor"]));
      const second = await call(`GET /agents?limit=2&cursor=${cursor}`);
      expect(second.body).toMatchObject({ data: [{ name: "One" }], nextCursor: null });

      // convex-test takes every text for a cursor.
      if (driver === "convex-test") return;
      for (const bad of ["x", `${cursor}&status=active`]) {
        const refused = await call(`GET /agents?cursor=${bad}`);
        expect(refused.body).toMatchObject({ status: 400, field: "cursor" });
      }
    });

    test("reads an object once more only if it has changed", async () => {
      const call = await program();
      const { body } = await call("POST /agents", { body: supportBot() });
      const at = `GET /agents/${String(body["_id"])}` as const;
      const etag = (await call(at)).headers.get("etag") ?? "";
      const again = await call(at, { headers: { "if-none-match": etag } });
      expect([again.status, again.headers.get("etag"), again.body]).toEqual([
        304,
        etag,
        { text: "" },
      ]);
      await call(`PATCH /agents/${String(body["_id"])}`, { body: { name: "Renamed" } });
      expect((await call(at, { headers: { "if-none-match": etag } })).status).toBe(200);
    });

    test("says when to ask again while an idempotency key's first request is under way", async () => {
      const acme = await tenant();
      const call = await programOf(t(), acme);
      const twin = { body: supportBot(), headers: { "idempotency-key": "under way" } };
      expect((await call("POST /agents", twin)).status).toBe(201);
      await t().run(async (ctx) => {
        const rows = await ctx.db.query("idempotency_keys").take(100);
        const row = rows.find((one) => one.tenantId === acme.tenantId && one.key === "under way")!;
        const state = { kind: "in_flight", leaseExpiresAt: Date.now() + 60_000 } as const;
        await ctx.db.patch("idempotency_keys", row._id, { state });
      });
      const early = await call("POST /agents", twin);
      expect(early.body).toMatchObject({ status: 409, kind: "conflict", retryAfterMs: 1_000 });
      expect(early.headers.get("retry-after")).toBe("1");
      expect(early.headers.get("retry-after-ms")).toBe("1000");
    });

    test("does a write once for each idempotency key", async () => {
      const call = await program();
      const twin = { body: supportBot(), headers: { "idempotency-key": "one" } };
      const first = await call("POST /agents", twin);
      const second = await call("POST /agents", twin);
      expect(second.body).toEqual(first.body);
      expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
      expect(second.headers.get("location")).toBe(first.headers.get("location"));
      const other = await call("POST /agents", { ...twin, body: { ...supportBot(), name: "B" } });
      expect(other.body).toMatchObject({ status: 422, kind: "idempotency_key_reused" });
      expect((await call("GET /agents")).body["data"]).toHaveLength(1);
    });

    test("says what is wrong with a request, and nothing is written", async () => {
      const call = await program();
      const post = (body: unknown) => call("POST /agents", { body });
      const bad = async (body: unknown, field: string, reason: string) => {
        const { status, headers, body: problem } = await post(body);
        expect([status, headers.get("content-type")]).toEqual([400, "application/problem+json"]);
        expect(problem).toMatchObject({
          type: "urn:agentik:problem:invalid_argument",
          status: 400,
          field,
          reason,
          requestId: headers.get("x-request-id"),
        });
      };
      await bad({ ...supportBot(), nmae: "x" }, "nmae", "is not known here");
      await bad({ ...supportBot(), tenantId: "x" }, "tenantId", "is not known here");
      await bad(
        { ...supportBot(), tools: [{ name: "clock", x: 1 }] },
        "tools.0.x",
        "is not known here",
      );
      await bad({ ...supportBot(), name: 7 }, "name", "must be string");
      await bad(
        { ...supportBot(), monthlyBudget: [] },
        "monthlyBudget",
        "must be number or string",
      );
      const reserved = 'has a field that cannot be stored: "$a"';
      await bad({ ...supportBot(), metadata: { deep: { $a: 1 } } }, "metadata.deep", reserved);
      await bad({ ...supportBot(), name: "\ud800" }, "name", "has half of a surrogate pair");
      await bad({ ...supportBot(), name: " " }, "name", "is blank");
      await bad("{", "body", "must be JSON");
      await bad("[]", "body", "must be object");

      const several = await post({ a: 1, b: 2, ...supportBot() });
      expect(several.body["errors"]).toMatchObject([{ field: "a" }, { field: "b" }]);
      const form = await call("POST /agents", { body: "a=1", headers: { "content-type": "a/b" } });
      expect(form.body).toMatchObject({ status: 415, kind: "unsupported_media_type" });
      const large = await post({ ...supportBot(), name: "x".repeat(1024 * 1024) });
      expect(large.body).toMatchObject({ status: 413, kind: "body_too_large" });
      expect((await call("GET /agents?limit=101")).body).toMatchObject({
        status: 400,
        field: "limit",
      });
      expect((await call("GET /agents?x=1")).body).toMatchObject({ status: 400, field: "x" });
      expect((await call("GET /agents")).body["data"]).toEqual([]);
    });

    test("tells quotas that empty by themselves from those that do not", async () => {
      const subject = `rest-${driver}-${++tenants}`;
      const acme = await tenantWith(t(), { subject, maxAgents: 1 });
      const call = await programOf(t(), acme);
      const { body: made } = await call("POST /agents", { body: supportBot() });
      const full = await call("POST /agents", { body: { ...supportBot(), name: "B" } });
      expect(full.body).toMatchObject({ status: 429, kind: "limit_reached", what: "agents" });
      expect(full.headers.get("x-should-retry")).toBe("false");
      expect(full.headers.get("retry-after")).toBeNull();

      const { body: session } = await call("POST /sessions", { body: { agentId: made["_id"] } });
      const sessionId = session["_id"] as Id<"sessions">;
      await acme.as.run(async (ctx) => {
        const message = { sessionId, content: "Hi" };
        const { runId } = await ctx.runMutation(api.mutations.messages.send, message);
        const row = await ctx.db.get("runs", runId);
        const { _id, _creationTime, wakeJobId, reapAtMs: _never, ...run } = row!;
        await ctx.scheduler.cancel(wakeJobId!);
        for (let n = 0; n < 20; n++) await ctx.db.insert("runs", run);
      });
      const say = { body: { content: "One more" } };
      const busy = await call(`POST /sessions/${sessionId}/messages`, say);
      expect(busy.body).toMatchObject({ status: 429, kind: "limit_reached", limit: 20 });
      expect(busy.headers.get("x-should-retry")).toBeNull();
      expect(Number(busy.headers.get("retry-after"))).toBeGreaterThan(0);
    });

    test("knows its paths and methods", async () => {
      const call = await program();
      const wrong = await call("PUT /agents", { body: {} });
      expect(wrong.body).toMatchObject({ status: 405, kind: "method_not_allowed" });
      expect(wrong.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
      const options = await call("OPTIONS /agents/x");
      expect([options.status, options.headers.get("allow")]).toEqual([
        204,
        "GET, PATCH, DELETE, HEAD, OPTIONS",
      ]);
      for (const path of ["GET /nothing", "GET /agents/x/nothing", "GET /agents/"] as const) {
        expect((await call(path)).body).toMatchObject({ status: 404, kind: "not_found" });
      }
      const head = await call("HEAD /agents");
      expect([head.status, head.body]).toEqual([200, { text: "" }]);
    });

    test("is for who brings a key that holds and may do it", async () => {
      const acme = await tenant();
      const reads = await programOf(t(), acme, ["agents:read"]);
      expect((await reads("GET /agents")).status).toBe(200);
      const refused = await reads("POST /agents", { body: supportBot() });
      expect(refused.body).toMatchObject({ status: 403, permission: "agents:write" });

      for (const headers of [{}, { authorization: "Bearer x" }, { "x-api-key": "ak_live_x" }]) {
        const nobody = await programWith(t(), headers)("GET /agents");
        expect(nobody.body).toMatchObject({ status: 401, kind: "unauthenticated" });
        expect(nobody.headers.get("www-authenticate")).toContain("Bearer");
      }
      const person = programWith(acme.as, {});
      expect((await person("GET /agents")).status).toBe(200);
      const other = await tenant();
      const foreign = await person(`GET /agents?tenant=${other.tenantId}`);
      expect(foreign.body).toMatchObject({ status: 404, entity: "tenant" });
    });

    test("tells no foreign id from one that is none", async () => {
      const call = await program();
      const { body } = await (await program())("POST /agents", { body: supportBot() });
      for (const id of [String(body["_id"]), "none", encodeURIComponent("../x\u0000"), "%ff"]) {
        const { status, body: problem } = await call(`GET /agents/${id}`);
        expect([status, problem["kind"], problem["entity"]]).toEqual([404, "not_found", "agent"]);
      }
    });

    test("lets pages of the origins that are listed read its answers, and no others", async () => {
      const call = await program();
      const from = async (page: string) => await call("GET /agents", { headers: { origin: page } });
      const listed = await from(origin);
      expect(listed.headers.get("access-control-allow-origin")).toBe(origin);
      expect(listed.headers.get("access-control-allow-credentials")).toBeNull();
      const ask = await programWith(t(), {})("OPTIONS /agents", { headers: { origin } });
      expect(ask.headers.get("access-control-allow-headers")).toContain("x-api-key");
      for (const page of ["https://evil.example", "null", `${origin}.evil.example`]) {
        expect((await from(page)).headers.get("access-control-allow-origin")).toBeNull();
      }
    });

    test("describes itself by OpenAPI to anybody, and says so once", async () => {
      const anybody = programWith(t(), {});
      const { status, headers, body } = await anybody("GET /openapi.json");
      expect([status, body["openapi"]]).toEqual([200, "3.1.0"]);
      const again = { "if-none-match": headers.get("etag") ?? "" };
      expect((await anybody("GET /openapi.json", { headers: again })).status).toBe(304);
    });
  });
});
