/** What all paths of the compatible API have in common: pages of other origins, and who may do what. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { failureIn } from "../../convex/rest/compatible/answers";
import type { Permission } from "../../src/core/permissions";
import {
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  testWhere,
  type Member,
} from "../convex/setup";

const ORIGIN = "https://app.example.com";
const PATHS = [
  "/v1/chat/completions",
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/v1/responses",
  "/v1/embeddings",
  "/v1/models",
];

/** All that a response takes. */
const SCOPES = ["messages:send", "sessions:read", "sessions:delete", "runs:cancel"] as const;

onEachDriver((driver) => {
  describe("the compatible API", () => {
    // Nobody answers there: runs wait between their tries.
    const provider = { ANTHROPIC_API_KEY: "test", ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
    const t = sharedSetup({ API_ALLOWED_ORIGINS: ORIGIN, ...provider });
    let tenants = 0;

    /** What one of its programs sends with. */
    async function keyOf({ as }: Member, scopes: Permission[]): Promise<Record<string, string>> {
      const { key } = await as.action(api.actions.keys.create, { name: "Tests", scopes });
      return { "x-api-key": key, "content-type": "application/json" };
    }

    const tenant = async () =>
      await tenantWith(t(), { subject: `compatible-${driver}-${++tenants}` });

    test.each(PATHS)(
      "lets pages of listed origins call %s with the official clients",
      async (at) => {
        const asked =
          "authorization,x-api-key,content-type,idempotency-key,anthropic-version,anthropic-beta," +
          "anthropic-dangerous-direct-browser-access,openai-organization,openai-project," +
          "x-stainless-lang,x-stainless-retry-count,x-stainless-helper-method";
        const preflight = async (origin: string) => {
          const headers = {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": asked,
          };
          return (await t().fetch(at, { method: "OPTIONS", headers })).headers;
        };
        const allowed = await preflight(ORIGIN);
        expect(allowed.get("access-control-allow-origin")).toBe(ORIGIN);
        expect(allowed.get("access-control-allow-headers")).toBe(asked);
        expect(allowed.get("access-control-allow-methods")).toContain("POST");
        expect(allowed.get("access-control-allow-credentials")).toBeNull();
        expect(allowed.get("vary")).toContain("access-control-request-headers");
        const foreign = await preflight("https://evil.example");
        expect(foreign.get("access-control-allow-origin")).toBeNull();
        expect(foreign.get("access-control-allow-headers")).toBeNull();
      },
    );

    test.each(PATHS.filter((path) => path !== "/v1/models"))(
      "tells strangers that they are, and no more, at %s",
      async (at) => {
        const made = `ak_live_${"a".repeat(57)}`;
        for (const key of [null, "sk-1234", made]) {
          const headers = { "content-type": "application/json", ...(key && { "x-api-key": key }) };
          const answer = await t().fetch(at, { method: "POST", headers, body: "{" });
          expect(answer.status, String(key)).toBe(401);
        }
      },
    );

    test("lets them read what clients read of its answers", async () => {
      const { headers } = await t().fetch("/v1/models", { headers: { origin: ORIGIN } });
      expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
      const told = headers.get("access-control-expose-headers")!.split(", ");
      expect(told).toEqual(
        expect.arrayContaining([
          "request-id",
          "x-request-id",
          "x-cost-usd",
          "x-overhead-ms",
          "x-should-retry",
          "retry-after",
          "retry-after-ms",
          "x-ratelimit-remaining-requests",
          "anthropic-ratelimit-requests-reset",
        ]),
      );
    });

    // convex-test would go on with the run once the test has ended.
    testWhere(driver === "embedded")(
      "ends responses for those who may cancel runs, and counts it as a write",
      async () => {
        const owner = await tenant();
        const { channels: _channels, skills: _skills, ...agent } = supportBot();
        const agentId = await owner.as.mutation(api.mutations.agents.create, agent);
        const sender = await keyOf(owner, ["messages:send"]);
        const begin = async (headers: Record<string, string>) => {
          const body = { model: `agent:${agentId}`, input: "Hello", background: true };
          const init = { method: "POST", headers, body: JSON.stringify(body) };
          const made = await t().fetch("/v1/responses", init);
          return ((await made.json()) as { id: string }).id;
        };
        const cancel = async (id: string, headers: Record<string, string>) =>
          await t().fetch(`/v1/responses/${id}/cancel`, { method: "POST", headers });

        const theirs = await begin(sender);
        const refused = await cancel(theirs, sender);
        expect(refused.status).toBe(403);
        expect(await refused.json()).toMatchObject({ error: { code: "insufficient_permissions" } });
        const stranger = await keyOf(owner, ["messages:send", "runs:cancel"]);
        expect((await cancel(theirs, stranger)).status).toBe(404);
        expect((await cancel(await begin(stranger), stranger)).status).toBe(200);

        const reader = await keyOf(owner, ["messages:send", "sessions:read", "runs:cancel"]);
        const ended = await cancel(theirs, reader);
        expect(ended.status).toBe(200);
        const read = await t().fetch(`/v1/responses/${theirs}`, { headers: reader });
        const [limitOfWrites, limitOfReads] = [ended, read].map(({ headers }) =>
          Number(headers.get("x-ratelimit-limit-requests")),
        );
        expect(limitOfWrites).toBeLessThan(limitOfReads!);
      },
    );

    for (const [method, rest] of [
      ["GET", ""],
      ["GET", "?stream=true"],
      ["GET", "?stream=true&starting_after=2"],
      ["POST", "/cancel"],
      ["DELETE", ""],
    ] as const) {
      testWhere(driver === "embedded")(
        `knows no response of another tenant: ${method} /v1/responses/{id}${rest}`,
        async () => {
          const [owner, other] = [await tenant(), await tenant()];
          const { channels: _channels, skills: _skills, ...agent } = supportBot();
          const agentId = await owner.as.mutation(api.mutations.agents.create, agent);
          const own = await keyOf(owner, [...SCOPES]);
          const foreign = await keyOf(other, [...SCOPES]);
          const body = JSON.stringify({
            model: `agent:${agentId}`,
            input: "Hello",
            background: true,
          });
          const made = await t().fetch("/v1/responses", { method: "POST", headers: own, body });
          const { id } = (await made.json()) as { id: string };
          await t().fetch(`/v1/responses/${id}/cancel`, { method: "POST", headers: own });
          const ask = async (of: string, headers: Record<string, string>) => {
            const answer = await t().fetch(`/v1/responses/${of}${rest}`, { method, headers });
            return {
              status: answer.status,
              text: (await answer.text()).replaceAll(of.slice("resp_".length), "ID"),
            };
          };

          const told = await ask(id, foreign);
          expect(told.status).toBe(404);
          expect(told).toEqual(await ask("resp_nobodys", foreign));
          expect((await ask(id, own)).status).toBe(200);
        },
      );
    }
  });
});

/** A race that is lost each time cannot be had at will: these are Convex's words for it. */
test.each([
  [
    'Documents read from or written to the "runs" table changed while this mutation was being run and on every subsequent retry.',
    { status: 503, retryAfterMs: 1_000 },
  ],
  ["Function execution timed out (maximum duration: 1s)", { status: 503, retryAfterMs: 1_000 }],
])("%s: may be asked for again", (message, told) => {
  expect(failureIn(new Error(message))).toMatchObject(told);
});
