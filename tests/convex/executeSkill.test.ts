/** Skills that run: by `actions.external.executeSkill`, against a server that stands for every https host. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Permission } from "../../src/core/permissions";
import { billedPico } from "../support/billing";
import { saying, type Outside } from "../support/outside";
import {
  everything,
  expectFailure,
  failureOf,
  firstPage as paginationOpts,
  onEachDriver,
  memberOf,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";
import { simulatorVariables } from "./turn";
import { openWorld } from "./world";

const world = openWorld();

const { executeSkill } = api.actions.external;
const { create, addVersion, setCredential } = api.actions.skills;
const doors = api.mutations.skills;

const SKILL_MD = `---
name: haiku
description: Answers in verse. Use it when asked for a poem.
---
Answer with a haiku.`;

const WEATHER = {
  description: "The weather of a city.",
  method: "GET" as const,
  url: "https://api.example.com/v1/{city}?units={config.units}",
  headers: { authorization: "Bearer {credential}" },
  inputSchema: {
    type: "object",
    properties: { city: { type: "string" }, day: { type: "string" }, limit: { type: "integer" } },
    required: ["city"],
    additionalProperties: false,
  },
};
const configSchema = {
  type: "object",
  properties: { units: { type: "string" } },
  required: ["units"],
};
const KEY = "sk-weather-0123456789";

let count = 0;
const unique = (name: string) => `${name}_${++count}`;

/** What a publisher says of one, but for what it is. */
const texts = { name: "Skill", description: "Does things", category: "data", version: "1.0.0" };
const WEATHER_SKILL = { ...texts, permissions: ["network.http.get"], configSchema, http: WEATHER };
const HAIKU_SKILL = { ...texts, permissions: [], skillMd: SKILL_MD };

onEachDriver(() => {
  const deployment = sharedSetup(simulatorVariables);
  const tenant = async () => await tenantWith(deployment(), { subject: unique("ann") });

  type New = Omit<(typeof create)["_args"], "id">;

  /** A tenant with a skill of its own on an agent. */
  async function inUse(skill: New, terms: { config?: Record<string, unknown> } = {}) {
    const owner = await tenant();
    const { as } = owner;
    const skillId = unique("skill_run");
    await as.action(create, { id: skillId, ...skill });
    const agentId = await as.mutation(api.mutations.agents.create, supportBot());
    const grantedPermissions = skill.permissions;
    await as.mutation(doors.install, { agentId, skillId, grantedPermissions, ...terms });
    return { owner, as, skillId, agentId };
  }
  const weather = async () => await inUse(WEATHER_SKILL, { config: { units: "metric" } });

  const installedOf = async ({ as }: Member, agentId: Id<"agents">) => {
    const { page } = await as.query(api.queries.skills.installed, { agentId, paginationOpts });
    return page[0];
  };
  /** What a tenant's ledger has. */
  const eventsOf = async ({ tenantId }: Member) =>
    await deployment().run(async (ctx) =>
      (await ctx.db.query("cost_events").collect()).filter((event) => event.tenantId === tenantId),
    );
  const underWay = async () =>
    await deployment().run(async (ctx) => await ctx.db.query("skill_calls").collect());

  describe("an HTTP skill", () => {
    test("makes its request: placeholders, query, configuration and credential where they belong", async () => {
      const { owner, as, skillId, agentId } = await weather();
      await as.action(setCredential, { agentId, skillId, credential: KEY });
      world.outside.serve("api.example.com", saying('{"sky":"clear"}', "application/json"));
      const parameters = { city: "Wien & Umgebung/../x?", day: "tomorrow" };
      const done = await as.action(executeSkill, { agentId, skill: skillId, parameters });
      expect(done).toMatchObject({
        success: true,
        result: '{"sky":"clear"}',
        version: "1.0.0",
        cost: 0,
      });

      const [asked, ...others] = world.outside.requests;
      expect(others).toEqual([]);
      expect(asked?.method).toBe("GET");
      expect(asked?.url.href).toBe(
        "https://api.example.com/v1/Wien%20%26%20Umgebung%2F..%2Fx%3F?units=metric&day=tomorrow",
      );
      expect(asked?.headers["authorization"]).toBe(`Bearer ${KEY}`);
      expect(await installedOf(owner, agentId)).toMatchObject({
        useCount: 1,
        status: "installed",
        isUsable: true,
        credentialMask: "••••6789",
        lastUsedAt: expect.any(Number) as number,
      });
      expect(await underWay()).toEqual([]);
      const log = { action: "skills.execute", paginationOpts };
      const { page } = await as.query(api.queries.activity.list, log);
      expect(page).toMatchObject([{ actor: { kind: "user", id: owner.userId } }]);
      const kept = JSON.stringify(await everything(deployment()), (_key, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      );
      expect(kept).not.toContain(KEY);
    });

    test("with a body sends as JSON what its address does not name", async () => {
      const url = "https://api.example.com/v1/{city}/notes";
      const { as, skillId, agentId } = await inUse({
        ...texts,
        permissions: ["network.http.post"],
        http: { ...WEATHER, method: "POST", url, headers: {} },
      });
      world.outside.serve("api.example.com", (_asked, response) => response.writeHead(204).end());
      const parameters = { city: "Graz", limit: 2 };
      const done = await as.action(executeSkill, { agentId, skill: skillId, parameters });
      expect(done).toMatchObject({ success: true });
      expect(world.outside.requests[0]).toMatchObject({ method: "POST", body: '{"limit":2}' });
      expect(world.outside.requests[0]?.url.href).toBe("https://api.example.com/v1/Graz/notes");
    });

    test("tells what its server did wrong, and stays usable; the next success puts it right", async () => {
      const { owner, as, skillId, agentId } = await weather();
      await as.action(setCredential, { agentId, skillId, credential: KEY });
      const call = async () =>
        await as.action(executeSkill, { agentId, skill: skillId, parameters: { city: "Wien" } });
      const hostile: [string, Parameters<Outside["serve"]>[1], string][] = [
        [
          "an error",
          (_a, r) => r.writeHead(503, { "content-type": "text/plain" }).end("down"),
          "503: down",
        ],
        [
          "a redirect",
          (_a, r) => r.writeHead(302, { location: "https://evil.example/" }).end(),
          "redirects",
        ],
        ["bytes", saying("\u0000\u0001", "application/octet-stream"), "no text"],
        [
          "the credential back",
          (a, r) =>
            r.writeHead(400, { "content-type": "text/plain" }).end(a.headers["authorization"]),
          "Bearer ••••",
        ],
        [
          "a reply that breaks off",
          (_a, r) => (
            r.writeHead(200, { "content-type": "text/plain", "content-length": 9 }),
            r.write("x"),
            setTimeout(() => r.destroy(), 20)
          ),
          "broke off",
        ],
      ];
      for (const [what, page, said] of hostile) {
        world.outside.serve("api.example.com", page);
        const done = await call();
        expect(done.success, what).toBe(false);
        expect(done.error, what).toContain(said);
        expect(done.error, what).not.toContain(KEY);
        expect((await installedOf(owner, agentId))?.lastError, what).toContain(said);
      }
      expect(world.outside.requests.map(({ url }) => url.hostname)).not.toContain("evil.example");

      world.outside.serve("api.example.com", saying("\ud800 ".padEnd(2_000_000, "x")));
      const done = await call();
      expect(done.success).toBe(true);
      expect(done.result?.length).toBeLessThanOrEqual(100_000);
      const installed = await installedOf(owner, agentId);
      expect(installed).toMatchObject({ status: "installed", useCount: 6 });
      expect(installed).not.toHaveProperty("lastError");
    });

    test("never leads out of its path, nor sends a header's second line, nor goes without its credential", async () => {
      const { as, skillId, agentId } = await weather();
      const call = async (city: string) =>
        await as.action(executeSkill, { agentId, skill: skillId, parameters: { city } });
      expect((await call("Wien")).error).toContain("needs a credential");
      await as.action(setCredential, { agentId, skillId, credential: "a\r\nx-evil: 1" });
      expect((await call("Wien")).error).toContain("no header has");
      await as.action(setCredential, { agentId, skillId, credential: KEY });
      for (const city of ["..", "."])
        expect((await call(city)).error).toContain('neither "." nor ".."');
      expect(world.outside.requests).toEqual([]);
    });

    test("of another version that asks another server, it does not take the credential along", async () => {
      const { owner, as, skillId, agentId } = await weather();
      await as.action(setCredential, { agentId, skillId, credential: KEY });
      const upgrade = async (version: string, url: string) => {
        const http = { ...WEATHER, url };
        const { permissions } = WEATHER_SKILL;
        await as.action(addVersion, { skillId, version, permissions, configSchema, http });
        await as.mutation(doors.upgrade, { agentId, skillId });
        return (await installedOf(owner, agentId))?.credentialMask;
      };
      expect(await upgrade("1.1.0", "https://api.example.com/v2/{city}")).toBe("••••6789");
      expect(await upgrade("2.0.0", "https://api.example.org/v2/{city}")).toBeUndefined();
    });

    test.each([
      ["http.url", { url: "http://api.example.com/{city}" }],
      ["http.url", { url: "https://10.0.0.1/{city}" }],
      ["http.url", { url: "https://localhost/{city}" }],
      ["http.url", { url: "https://api.example.com:8443/{city}" }],
      ["http.url", { url: "https://user:pass@api.example.com/{city}" }],
      ["http.url", { url: "https://{city}.example.com/" }],
      ["http.url", { url: "https://api.example.com{city}/" }],
      ["http.url", { url: "https://api.example.com/{day}" }],
      ["http.url", { url: "https://api.example.com/{config.other}" }],
      ["http.url", { url: "https://api.example.com/{credential}" }],
      ["http.url", { url: "https://api.example.com/a/../{city}" }],
      ["http.url", { url: "https://api.example.com/{city}#x" }],
      ["http.headers", { headers: { Host: "evil.example" } }],
      ["http.headers", { headers: { "x-a": "{city}" } }],
      ["http.headers", { headers: { "x-a": "a\nb" } }],
      ["http.inputSchema", { inputSchema: { type: "object", pattern: "(a+)+$" } }],
      ["permissions", { method: "DELETE" }],
    ])("is not published with a wrong %s: %o", async (field, wrong) => {
      const { as } = await tenant();
      const http = { ...WEATHER, ...wrong } as typeof WEATHER;
      const failure = await failureOf(
        as.action(create, { id: unique("skill_bad"), ...WEATHER_SKILL, http }),
      );
      expect(failure).toMatchObject({ kind: "invalid_argument" });
      expect((failure as { field: string }).field).toContain(field);
    });
  });

  describe("a prompt skill", () => {
    test("is answered by the agent's model with its instructions, and booked to the cent", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const parameters = { input: "Say: An old silent pond" };
      const done = await as.action(executeSkill, { agentId, skill: skillId, parameters });
      expect(done).toMatchObject({ success: true, result: "An old silent pond" });
      await world.simulator.control.idle();
      const events = await eventsOf(owner);
      expect(events).toMatchObject([
        { kind: "attempt", status: "ok", agentId, usageSource: "provider" },
      ]);
      expect(events[0]?.totalCostPico).toBe(
        billedPico(world.simulator.ledger.entries, "anthropic"),
      );
      expect(done.tokensUsed).toBeGreaterThan(0);
      const { today } = await as.query(api.queries.costs.summary, { nowMs: Date.now() });
      expect(today).toBe(done.cost);
      expect(await underWay()).toEqual([]);

      // What the skill says stands in the prompt.
      const asked = { agentId, skill: skillId, parameters: { input: "Hello" } };
      expect((await as.action(executeSkill, asked)).result).toContain(
        "helpful customer support agent",
      );
    });

    test("is answered by the cheaper model that a budget names, and booked as that", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const cheaper = { provider: "openai", model: "gpt-5-mini" } as const;
      const policy = { name: "Skills", dimension: "agent", key: agentId, window: "month" } as const;
      const terms = { limit: "0.000001", action: "degrade", degradeTo: cheaper } as const;
      const id = await as.mutation(api.mutations.budgets.create, { ...policy, ...terms });
      const statusNow = async () =>
        (await deployment().run((ctx) => ctx.db.get("budget_policies", id)))?.status;
      await expect.poll(statusNow).toBe("active");
      const parameters = { input: "Say: A frog jumps in" };
      const done = await as.action(executeSkill, { agentId, skill: skillId, parameters });
      expect(done).toMatchObject({ success: true, result: "A frog jumps in" });
      await world.simulator.control.idle();
      expect(await eventsOf(owner)).toMatchObject([{ ...cheaper, status: "ok" }]);
    });

    test("is bounded by the budgets of the key and the person that call it, and counted in them", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const { userId } = owner;
      const scopes: Permission[] = ["skills:execute"];
      const { key: apiKey, _id: keyId } = await as.action(api.actions.keys.create, {
        name: "Skills",
        scopes,
      });
      const subjects = [
        { dimension: "key", key: keyId },
        { dimension: "user", key: userId },
      ] as const;
      const policies = await Promise.all(
        subjects.map((subject) =>
          as.mutation(api.mutations.budgets.create, {
            name: `The ${subject.dimension}'s`,
            ...subject,
            window: "month",
            limit: "5",
          }),
        ),
      );
      const standing = async () =>
        await Promise.all(
          policies.map((policyId) => as.query(api.queries.budgets.get, { policyId })),
        );
      await expect
        .poll(async () => (await standing()).map(({ status }) => status))
        .toEqual(["active", "active"]);
      const call = { agentId, skill: skillId, parameters: { input: "Say: A frog jumps in" } };
      const byKey = async () => await deployment().action(executeSkill, { apiKey, ...call });
      const done = await byKey();
      expect(done).toMatchObject({ success: true });
      expect(await eventsOf(owner)).toMatchObject([{ keyId, userId, agentId }]);
      for (const { cost } of await standing()) {
        expect(cost).toMatchObject({ spentUsd: done.costUsd, reservedUsd: "0" });
      }
      const { tenantId } = owner;
      const { differences } = await deployment().action(internal.jobs.checks.check, { tenantId });
      expect(differences).toEqual([]); // roll-ups have what budgets have

      const { update } = api.mutations.budgets;
      for (const policyId of policies) {
        await as.mutation(update, { policyId, limit: "0.0001" });
        const refused = await byKey();
        expect(refused.success).toBe(false);
        expect(refused.error).toContain("does not allow the call");
        await as.mutation(update, { policyId, limit: "5" });
      }
      expect(await eventsOf(owner)).toHaveLength(1);

      // Its worker is lost: what is booked for it is theirs as well.
      const lost = { apiKey, agentId, skillId, parameters: { input: "Hello" } };
      const begun = await deployment().mutation(internal.jobs.skillCalls.begin, lost);
      await deployment().run(async (ctx) => {
        await ctx.db.patch("skill_calls", begun.callId!, { expiresAtMs: Date.now() });
      });
      await deployment().mutation(internal.jobs.skillCalls.sweep, {});
      expect((await eventsOf(owner)).at(-1)).toMatchObject({
        status: "lost",
        usageSource: "unknown",
        keyId,
        userId,
      });
    });

    test("that its provider refuses says so, and costs what it cost", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      world.simulator.control.fault({ fault: { kind: "status", status: 529 } });
      const asked = { agentId, skill: skillId, parameters: { input: "Hello" } };
      const done = await as.action(executeSkill, asked);
      expect(done).toMatchObject({ success: false, cost: 0 });
      expect(done.error).toContain("overloaded");
      expect(await eventsOf(owner)).toEqual([]);
      expect(await installedOf(owner, agentId)).toMatchObject({ status: "error", isUsable: true });
    });

    test("whose worker vanished is booked by an estimate, once", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const call = { agentId, skillId, parameters: { input: "Hello" } };
      const begun = await as.mutation(internal.jobs.skillCalls.begin, call);
      const { sweep, end } = internal.jobs.skillCalls;
      await deployment().mutation(sweep, {});
      expect(await eventsOf(owner)).toEqual([]); // its time is not up yet
      await deployment().run(async (ctx) => {
        await ctx.db.patch("skill_calls", begun.callId!, { expiresAtMs: Date.now() });
      });
      await deployment().mutation(sweep, {});
      await deployment().mutation(sweep, {});
      expect(await eventsOf(owner)).toMatchObject([{ status: "lost", usageSource: "estimated" }]);
      const report = {
        error: null,
        usage: null,
        facts: {},
        wasAborted: false,
        endedAtMs: Date.now(),
      };
      await deployment().mutation(end, { callId: begun.callId!, report });
      expect(await eventsOf(owner)).toHaveLength(1);
      expect(await installedOf(owner, agentId)).toMatchObject({ useCount: 1, status: "error" });
    });

    test("that cannot be settled once it is lost stops no other tenant's, and is tried again", async () => {
      const [broken, fine] = [await inUse(HAIKU_SKILL), await inUse(HAIKU_SKILL)];
      const parameters = { input: "Hello" };
      const begun = async ({ as, agentId, skillId }: typeof fine) =>
        (await as.mutation(internal.jobs.skillCalls.begin, { agentId, skillId, parameters }))
          .callId!;
      const [poison, lost] = [await begun(broken), await begun(fine)];
      const setPrompt = async (promptChars: number, expiresAtMs: number) =>
        await deployment().run(async (ctx) => {
          const { attempt } = (await ctx.db.get("skill_calls", poison))!;
          const changed = { ...attempt!, promptChars };
          await ctx.db.patch("skill_calls", poison, { attempt: changed, expiresAtMs });
        });
      await setPrompt(1e9, 1); // more tokens than any call can use: there is no booking it
      await deployment().run((ctx) => ctx.db.patch("skill_calls", lost, { expiresAtMs: 2 }));
      await deployment().mutation(internal.jobs.skillCalls.sweep, {});
      expect(await eventsOf(fine.owner)).toMatchObject([{ status: "lost" }]);
      expect(await eventsOf(broken.owner)).toEqual([]);
      expect(await installedOf(broken.owner, broken.agentId)).toMatchObject({ useCount: 0 });
      const [left, ...others] = await underWay();
      expect(others).toEqual([]);
      expect(left?._id).toBe(poison);
      expect(left?.expiresAtMs).toBeGreaterThan(Date.now());

      await setPrompt(100, Date.now());
      await deployment().mutation(internal.jobs.skillCalls.sweep, {});
      expect(await eventsOf(broken.owner)).toMatchObject([{ status: "lost" }]);
      expect(await underWay()).toEqual([]);
    });

    test("is not published with a SKILL.md that is none, nor beside a request", async () => {
      const { as } = await tenant();
      const skillMd = "# No frontmatter";
      const bad = as.action(create, { id: unique("skill_bad"), ...HAIKU_SKILL, skillMd });
      expect(await failureOf(bad)).toMatchObject({ kind: "invalid_argument", field: "skillMd" });
      const both = as.action(create, {
        id: unique("skill_bad"),
        ...WEATHER_SKILL,
        skillMd: SKILL_MD,
      });
      expect(await failureOf(both)).toMatchObject({ kind: "invalid_argument", field: "http" });
    });
  });

  describe("a call", () => {
    test("is refused for what is not installed, disabled, not the agent's, or another tenant's", async () => {
      const { as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const asked = { agentId, skill: skillId, parameters: { input: "Hello" } };
      const stranger = await tenant();
      await expectFailure(stranger.as.action(executeSkill, asked), {
        kind: "not_found",
        entity: "agent",
        id: agentId,
      });
      const theirs = await stranger.as.mutation(api.mutations.agents.create, supportBot());
      const missing = { kind: "not_found", entity: "installed skill", id: skillId } as const;
      await expectFailure(stranger.as.action(executeSkill, { ...asked, agentId: theirs }), missing);

      await as.mutation(doors.disable, { agentId, skillId });
      expect(await failureOf(as.action(executeSkill, asked))).toMatchObject({ kind: "conflict" });
      await as.mutation(doors.enable, { agentId, skillId });
      await as.mutation(api.mutations.agents.update, { agentId, skills: [] });
      expect(await failureOf(as.action(executeSkill, asked))).toMatchObject({ kind: "conflict" });
      await as.mutation(doors.uninstall, { agentId, skillId });
      await expectFailure(as.action(executeSkill, asked), missing);
      expect(world.simulator.ledger.entries).toEqual([]);
    });

    test("needs its permission, and what it was granted", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const asked = { agentId, skill: skillId, parameters: { input: "Hello" } };
      const { tenantId } = owner;
      const member = await memberOf(deployment(), {
        tenantId,
        subject: unique("bob"),
        role: "member",
      });
      const forbidden = { kind: "forbidden", permission: "skills:execute" } as const;
      await expectFailure(member.as.action(executeSkill, asked), forbidden);

      const granted = await weather();
      const installed = (await installedOf(granted.owner, granted.agentId))!;
      await deployment().run(async (ctx) => {
        await ctx.db.patch("agent_skills", installed._id, { grantedPermissions: [] });
      });
      const call = {
        agentId: granted.agentId,
        skill: granted.skillId,
        parameters: { city: "Wien" },
      };
      expect(await failureOf(granted.as.action(executeSkill, call))).toMatchObject({
        kind: "conflict",
      });
      await as.mutation(api.mutations.agents.update, { agentId, status: "paused" });
      expect(await failureOf(as.action(executeSkill, asked))).toMatchObject({ entity: "agent" });
    });

    test.each([
      ["parameters", {}],
      ["parameters.input", { input: 5 }],
      ["parameters.input", { input: "" }],
      ["parameters.other", { input: "Hello", other: 1 }],
      ["parameters", { input: "x".repeat(130_000) }],
    ])("is refused for wrong %s", async (field, parameters) => {
      const { as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const failure = await failureOf(
        as.action(executeSkill, { agentId, skill: skillId, parameters }),
      );
      expect(failure).toMatchObject({ kind: "invalid_argument", field });
    });

    test("of a WebAssembly skill, or of nothing, says that nothing runs it", async () => {
      const { as, skillId, agentId } = await inUse({ ...texts, permissions: [] });
      const asked = { agentId, skill: skillId, parameters: {} };
      const nothing = await as.action(executeSkill, asked);
      expect(nothing).toMatchObject({
        success: false,
        error: expect.stringContaining("nothing to run") as string,
      });

      const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
      const binary = await deployment().run(
        async (ctx) => await ctx.storage.store(new Blob([bytes])),
      );
      await as.action(addVersion, { skillId, version: "1.1.0", permissions: [], binary });
      await as.mutation(doors.upgrade, { agentId, skillId });
      const wasm = await as.action(executeSkill, asked);
      expect(wasm).toMatchObject({
        success: false,
        error: expect.stringContaining("WebAssembly") as string,
      });
    });

    test("is one of at most 20 at once", async () => {
      const { owner, as, skillId, agentId } = await inUse(HAIKU_SKILL);
      const row = (await installedOf(owner, agentId))!;
      await deployment().run(async (ctx) => {
        const call = { tenantId: owner.tenantId, agentId, installationId: row._id };
        for (let n = 0; n < 20; n++) {
          await ctx.db.insert("skill_calls", { ...call, startedAtMs: 0, expiresAtMs: 1e15 });
        }
      });
      const asked = { agentId, skill: skillId, parameters: { input: "Hello" } };
      expect(await failureOf(as.action(executeSkill, asked))).toMatchObject({
        kind: "limit_reached",
        retryAfterMs: 5_000,
      });
    });
  });
});
