import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { checkedConfig, checkedConfigSchema } from "../../convex/model/skills/configuration";
import {
  everything,
  expectFailure,
  failureOf,
  firstPage as paginationOpts,
  memberOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";

const { create, addVersion } = api.actions.skills;
const doors = api.mutations.skills;
const { get, installed, list, mine, search, versions } = api.queries.skills;
const operators = internal.jobs.skills;

let count = 0;
const unique = (name: string) => `${name}_${++count}`;

const PERMISSIONS = ["network.http.get"];
const configSchema = {
  type: "object",
  properties: {
    engine: { type: "string", enum: ["fast", "deep"] },
    limits: { type: "object", properties: { pages: { type: "integer", maximum: 10 } } },
  },
  required: ["engine"],
  additionalProperties: false,
};
const config = { engine: "fast", limits: { pages: 3 } };
const terms = { grantedPermissions: PERMISSIONS, config };

/** As a publisher tells of one. */
const newSkill = (id: string) => ({
  id,
  name: "Web search",
  description: "Looks things up",
  category: "data",
  version: "1.0.0",
  permissions: PERMISSIONS,
  configSchema,
});

/** As each WebAssembly module begins. */
function withStart(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  bytes.set([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  return bytes;
}

const missing = (id: string) => ({ kind: "not_found", entity: "skill", id }) as const;

onEachDriver(() => {
  const deployment = sharedSetup();
  const tenant = async () => await tenantWith(deployment(), { subject: unique("ann") });
  const agentOf = async ({ as }: Member) =>
    await as.mutation(api.mutations.agents.create, supportBot());

  /** A skill that its publisher has published, and a tenant with an agent to install it on. */
  async function published() {
    const publisher = await tenant();
    const skillId = unique("skill_web_search");
    await publisher.as.action(create, newSkill(skillId));
    await publisher.as.mutation(doors.publish, { skillId });
    const user = await tenant();
    return { publisher, user, skillId, agentId: await agentOf(user) };
  }

  /** The same, installed. */
  async function inUse() {
    const all = await published();
    const { user, skillId, agentId } = all;
    await user.as.mutation(doors.install, { agentId, skillId, ...terms });
    return all;
  }

  const has = async ({ as }: Member, agentId: Id<"agents">) =>
    (await as.query(installed, { agentId, paginationOpts })).page;

  /** What a search for the words of its id has of it. */
  async function foundBy({ as }: Member, skillId: string) {
    const found = await as.query(search, { query: skillId.replaceAll("_", " ") });
    return found.find(({ id }) => id === skillId);
  }

  describe("publishing", () => {
    test("a draft is its own tenant's; published, everyone sees it, and nothing of who made it", async () => {
      const publisher = await tenant();
      const other = await tenant();
      const skillId = unique("skill_draft");
      await publisher.as.action(create, newSkill(skillId));
      const agentId = await agentOf(other);
      const looks = [
        () => other.as.query(get, { skillId }),
        () => other.as.query(versions, { skillId, paginationOpts }),
        () => other.as.mutation(doors.install, { agentId, skillId, ...terms }),
        () => other.as.mutation(doors.rate, { skillId, stars: 1 }),
      ];
      for (const look of looks) await expectFailure(look(), missing(skillId));
      expect(await foundBy(other, skillId)).toBeUndefined();
      expect(await publisher.as.query(get, { skillId })).toMatchObject({ status: "draft" });
      const own = await publisher.as.query(mine, { paginationOpts });
      expect(own.page).toMatchObject([{ id: skillId, isOwn: true }]);

      await publisher.as.mutation(doors.publish, { skillId });
      const shown = await other.as.query(get, { skillId });
      expect(shown).toMatchObject({ ...newSkill(skillId), isOwn: false, status: "published" });
      expect(shown.publisher).toMatchObject({ name: expect.any(String) as string });
      const found = await foundBy(other, skillId);
      expect(found).toMatchObject({ id: skillId });
      const told = JSON.stringify([shown, found]);
      expect(told).not.toContain(publisher.tenantId);
      expect(told).not.toContain(publisher.userId);
    });

    test("another tenant's skill is as if it were not there for whoever would change it", async () => {
      const { user, skillId } = await published();
      const version = { version: "2.0.0", permissions: [] };
      const changes = [
        () => user.as.action(addVersion, { skillId, ...version }),
        () => user.as.mutation(doors.update, { skillId, name: "Mine" }),
        () => user.as.mutation(doors.publish, { skillId }),
        () => user.as.mutation(doors.withdraw, { skillId }),
      ];
      for (const change of changes) await expectFailure(change(), missing(skillId));
    });

    test.each(["withdrawn", "of a suspended publisher"])(
      "a skill that is %s is left to those who have it, and comes back",
      async (why) => {
        const t = deployment();
        const { publisher, user, skillId, agentId } = await inUse();
        const late = await tenant();
        const slug = (await t.run((ctx) => ctx.db.get(publisher.tenantId)))!.slug;
        if (why === "withdrawn") await publisher.as.mutation(doors.withdraw, { skillId });
        else await t.mutation(internal.jobs.tenants.suspend, { slug });
        await expectFailure(late.as.query(get, { skillId }), missing(skillId));
        expect(await foundBy(user, skillId)).toBeUndefined();
        expect(await user.as.query(get, { skillId })).toMatchObject({ id: skillId });
        expect(await has(user, agentId)).toMatchObject([{ skillId, isUsable: true }]);
        const second = await agentOf(user);
        await expectFailure(
          user.as.mutation(doors.install, { agentId: second, skillId, ...terms }),
          {
            kind: "conflict",
            entity: "skill",
            reason: "it is offered no more",
          },
        );
        if (why === "withdrawn") await publisher.as.mutation(doors.publish, { skillId });
        else await t.mutation(internal.jobs.tenants.resume, { slug });
        expect(await late.as.query(get, { skillId })).toMatchObject({ status: "published" });
      },
    );

    test("versions grow by number and are kept; ids are everyone's", async () => {
      const { publisher, user, skillId } = await published();
      const add = async (version: string) =>
        await publisher.as.action(addVersion, { skillId, version, permissions: [] });
      await add("1.9.0");
      await add("1.10.0");
      for (const version of ["1.9.1", "1.10.0", "0.1.0"]) {
        expect(await failureOf(add(version))).toMatchObject({ field: "version" });
      }
      const history = await user.as.query(versions, { skillId, paginationOpts });
      expect(history.page.map(({ version }) => version)).toEqual(["1.10.0", "1.9.0", "1.0.0"]);
      expect(history.page.at(-1)).toMatchObject({ configSchema, permissions: PERMISSIONS });
      const newest = await user.as.query(get, { skillId });
      expect(newest).toMatchObject({ version: "1.10.0", permissions: [] });
      expect(newest).not.toHaveProperty("configSchema");
      await expectFailure(user.as.action(create, newSkill(skillId)), {
        kind: "conflict",
        entity: "skill",
        reason: "the id is taken",
      });
    });

    test.each([
      ["id", { id: "web_search" }],
      ["id", { id: "skill_Web" }],
      ["name", { name: " " }],
      ["category", { category: "Data & more" }],
      ["version", { version: "1.0" }],
      ["version", { version: "1.0.0-beta" }],
      ["permissions", { permissions: ["network"] }],
      ["permissions", { permissions: ["network.http.get.all"] }],
      ["permissions", { permissions: ["fs.*"] }],
      ["configSchema", { configSchema: { type: "string" } }],
    ])("a wrong %s is refused, and nothing is written: %o", async (field, wrong) => {
      const ann = await tenant();
      const call = ann.as.action(create, { ...newSkill(unique("skill_wrong")), ...wrong });
      expect(await failureOf(call)).toMatchObject({ kind: "invalid_argument", field });
      expect((await ann.as.query(mine, { paginationOpts })).page).toEqual([]);
    });

    test("a tenant publishes 200 skills, and not more", async () => {
      const { publisher, skillId } = await published();
      await deployment().run(async (ctx) => {
        const own = ctx.db.query("skills").withIndex("by_skill_id", (q) => q.eq("id", skillId));
        const { _id, _creationTime, ...row } = (await own.unique())!;
        for (let n = 1; n < 200; n++)
          await ctx.db.insert("skills", { ...row, id: `${skillId}_${n}` });
      });
      await expectFailure(publisher.as.action(create, newSkill(unique("skill_more"))), {
        kind: "limit_reached",
        what: "skills",
        limit: 200,
      });
    });

    test("operators verify skills and build some in; lists tell them apart", async () => {
      const t = deployment();
      const { publisher, user, skillId } = await published();
      const category = `category-${skillId.replaceAll("_", "-")}`;
      await publisher.as.mutation(doors.update, { skillId, category });
      const builtIn = unique("skill_built_in");
      await t.mutation(operators.registerBuiltIn, { ...newSkill(builtIn), category });
      const listed = async (verified?: boolean) => {
        const filter = verified === undefined ? { category } : { category, verified };
        const { page } = await user.as.query(list, { ...filter, paginationOpts });
        return page.map(({ id }) => id).toSorted();
      };
      expect(await listed()).toEqual([builtIn, skillId].toSorted());
      expect(await listed(true)).toEqual([builtIn]);
      await t.mutation(operators.verify, { skillId });
      expect(await listed(false)).toEqual([]);
      await t.mutation(operators.unverify, { skillId });
      expect(await listed(false)).toEqual([skillId]);
      expect(await user.as.query(get, { skillId: builtIn })).toMatchObject({ publisher: null });
      const activity = { action: "skills.verify", paginationOpts };
      const log = await publisher.as.query(api.queries.activity.list, activity);
      expect(log.page).toMatchObject([{ actor: { kind: "system" }, entityId: skillId }]);

      const taken = t.mutation(operators.registerBuiltIn, newSkill(skillId));
      expect(await failureOf(taken)).toMatchObject({ kind: "conflict" });
      await t.mutation(operators.registerBuiltIn, { ...newSkill(builtIn), version: "1.1.0" });
      expect(await user.as.query(get, { skillId: builtIn })).toMatchObject({ version: "1.1.0" });
    });
  });

  describe("binaries", () => {
    const module = withStart(new Uint8Array(9).fill(0xff));
    const upload = async (bytes: Uint8Array<ArrayBuffer>) =>
      await deployment().run(async (ctx) => await ctx.storage.store(new Blob([bytes])));
    const stored = async ({ tenantId }: Member) =>
      (await everything(deployment()))["files"]!.filter(
        (file) => (file as { tenantId: string }).tenantId === tenantId,
      );

    test("are pinned by their hash, count for the plan, and stay out of others' sight", async () => {
      const publisher = await tenant();
      const other = await tenant();
      const skillId = unique("skill_binary");
      expect(await publisher.as.mutation(doors.createUploadUrl, {})).toContain("http");
      const binary = await upload(module);
      await publisher.as.action(create, { ...newSkill(skillId), binary });
      await publisher.as.mutation(doors.publish, { skillId });
      const shown = await other.as.query(get, { skillId });
      const hash = Buffer.from(await crypto.subtle.digest("SHA-256", module)).toString("hex");
      expect(shown.wasm).toEqual({ sha256: hash, sizeBytes: module.length });
      const usage = await publisher.as.query(api.queries.tenants.usage, { nowMs: 0 });
      expect(usage).toMatchObject({ storageBytes: { used: module.length }, fileCount: 1 });
      expect(await stored(publisher)).toMatchObject([{ purpose: "skill_binary" }]);

      // Somebody's already: not to be had, and not to be told from what is not there.
      for (const ann of [other, publisher]) {
        const again = ann.as.action(create, { ...newSkill(unique("skill_binary")), binary });
        await expectFailure(again, { kind: "not_found", entity: "file", id: binary });
      }
    });

    test.each([
      ["no module", new Uint8Array([1, 2, 3])],
      ["empty", new Uint8Array()],
      ["of another version", new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x02, 0x00, 0x00, 0x00])],
      ["too large", withStart(new Uint8Array(2 * 1024 * 1024 + 1))],
    ])("what is %s is refused, and the skill with it", async (_what, bytes) => {
      const ann = await tenant();
      const call = ann.as.action(create, {
        ...newSkill(unique("skill_wrong")),
        binary: await upload(bytes),
      });
      expect(await failureOf(call)).toMatchObject({ field: "binary" });
      expect((await ann.as.query(mine, { paginationOpts })).page).toEqual([]);
      expect(await stored(ann)).toEqual([]);
    });
  });

  describe("agents", () => {
    test("get a skill and lose it: with grants, configuration, a version and the log", async () => {
      const { user, skillId, agentId } = await inUse();
      const ours = await has(user, agentId);
      expect(ours).toMatchObject([
        { skillId, name: "Web search", version: "1.0.0", latestVersion: "1.0.0", config },
      ]);
      expect(ours).toMatchObject([{ grantedPermissions: PERMISSIONS, isUsable: true }]);
      const agent = async () => await user.as.query(api.queries.agents.get, { agentId });
      expect(await agent()).toMatchObject({
        skills: [...supportBot().skills, skillId],
        version: 2,
      });
      expect(await user.as.query(get, { skillId })).toMatchObject({ installCount: 1 });
      await expectFailure(user.as.mutation(doors.install, { agentId, skillId, ...terms }), {
        kind: "conflict",
        entity: "skill",
        reason: "the agent has it already",
      });

      await user.as.mutation(doors.uninstall, { agentId, skillId });
      expect(await has(user, agentId)).toEqual([]);
      expect(await agent()).toMatchObject({ skills: supportBot().skills });
      expect(await user.as.query(get, { skillId })).toMatchObject({ installCount: 0 });
      await expectFailure(user.as.mutation(doors.uninstall, { agentId, skillId }), {
        kind: "not_found",
        entity: "installed skill",
        id: skillId,
      });
      const { page } = await user.as.query(api.queries.activity.list, { paginationOpts });
      const ofSkills = page.map(({ action }) => action).filter((one) => one.startsWith("skills"));
      expect(ofSkills).toEqual(["skills.uninstall", "skills.install"]);
    });

    test("get nothing that was not granted, or is not configured as it has to be", async () => {
      const { user, skillId, agentId } = await published();
      const before = await everything(deployment());
      const wrong = [
        [{ config }, "grantedPermissions", "network.http.get"],
        [
          { ...terms, grantedPermissions: [...PERMISSIONS, "fs.read"] },
          "grantedPermissions",
          "fs.read",
        ],
        [{ ...terms, config: {} }, "config", "engine"],
        [{ ...terms, config: { engine: "slow" } }, "config.engine", "fast"],
        [
          { ...terms, config: { engine: "fast", limits: { pages: 11 } } },
          "config.limits.pages",
          "10",
        ],
        [{ ...terms, config: { engine: "fast", extra: 1 } }, "config.extra", "no setting"],
      ] as const;
      for (const [chosen, field, reason] of wrong) {
        const { grantedPermissions = [] } = chosen as { grantedPermissions?: readonly string[] };
        const given = { ...chosen, grantedPermissions: [...grantedPermissions] };
        const call = user.as.mutation(doors.install, { agentId, skillId, ...given });
        const failure = await failureOf(call);
        expect(failure).toMatchObject({ kind: "invalid_argument", field });
        expect(JSON.stringify(failure)).toContain(reason);
      }
      const nowhere = { agentId, skillId, ...terms, version: "9.9.9" };
      expect(await failureOf(user.as.mutation(doors.install, nowhere))).toMatchObject({
        entity: "skill version",
      });
      expect(await everything(deployment())).toEqual(before);
    });

    test("stay at their version until they are upgraded, and what it asks for more is granted", async () => {
      const { publisher, user, skillId, agentId } = await inUse();
      const more = [...PERMISSIONS, "fs.read"];
      const version = { version: "1.1.0", permissions: more, configSchema };
      await publisher.as.action(addVersion, { skillId, ...version });
      expect(await has(user, agentId)).toMatchObject([
        { version: "1.0.0", latestVersion: "1.1.0", grantedPermissions: PERMISSIONS },
      ]);
      await expectFailure(user.as.mutation(doors.upgrade, { agentId, skillId }), {
        kind: "invalid_argument",
        field: "grantedPermissions",
        reason: "lacks what the skill asks for: fs.read",
      });
      const granted = { agentId, skillId, grantedPermissions: more };
      expect(await user.as.mutation(doors.upgrade, granted)).toBe("1.1.0");
      expect(await has(user, agentId)).toMatchObject([
        { version: "1.1.0", grantedPermissions: more, config },
      ]);

      // Back, and what is not asked for any more is not granted any more.
      expect(await user.as.mutation(doors.upgrade, { agentId, skillId, version: "1.0.0" })).toBe(
        "1.0.0",
      );
      expect(await has(user, agentId)).toMatchObject([{ grantedPermissions: PERMISSIONS }]);

      // The configuration has to fit the new version.
      await publisher.as.action(addVersion, { skillId, version: "2.0.0", permissions: [] });
      const call = user.as.mutation(doors.upgrade, { agentId, skillId });
      expect(await failureOf(call)).toMatchObject({ field: "config.limits" });
      expect(await user.as.mutation(doors.upgrade, { agentId, skillId, config: {} })).toBe("2.0.0");
      expect(await has(user, agentId)).toMatchObject([{ grantedPermissions: [], config: {} }]);
    });

    test("are configured, disabled and enabled; a rolled back agent does not use what it has", async () => {
      const { user, skillId, agentId } = await inUse();
      const which = { agentId, skillId };
      await user.as.mutation(doors.configure, { ...which, config: { engine: "deep" } });
      expect(await has(user, agentId)).toMatchObject([{ config: { engine: "deep" } }]);
      const wrong = user.as.mutation(doors.configure, { ...which, config: { engine: 1 } });
      expect(await failureOf(wrong)).toMatchObject({ field: "config.engine" });

      await user.as.mutation(doors.disable, which);
      expect(await has(user, agentId)).toMatchObject([{ status: "disabled", isUsable: false }]);
      await deployment().run(async (ctx) => {
        const { _id } = (await ctx.db.query("agent_skills").order("desc").first())!;
        await ctx.db.patch(_id, { status: "error", lastError: "It trapped." });
      });
      expect(await has(user, agentId)).toMatchObject([{ lastError: "It trapped." }]);
      await user.as.mutation(doors.enable, which);
      const [enabled] = await has(user, agentId);
      expect(enabled).toMatchObject({ status: "installed", isUsable: true });
      expect(enabled).not.toHaveProperty("lastError");

      await user.as.mutation(api.mutations.agents.restore, { agentId, version: 1 });
      expect(await has(user, agentId)).toMatchObject([{ status: "installed", isUsable: false }]);
    });
  });

  describe("ratings", () => {
    test("are one per person, of what their tenant uses, and sum up exactly", async () => {
      const t = deployment();
      const { publisher, user, skillId, agentId } = await published();
      const refusal = { kind: "conflict", entity: "skill" } as const;
      await expectFailure(user.as.mutation(doors.rate, { skillId, stars: 5 }), {
        ...refusal,
        reason: "no agent of the tenant has it: install it first",
      });
      await expectFailure(publisher.as.mutation(doors.rate, { skillId, stars: 5 }), {
        ...refusal,
        reason: "nobody rates a skill of their own tenant",
      });
      expect(await user.as.query(get, { skillId })).not.toHaveProperty("rating");
      await user.as.mutation(doors.install, { agentId, skillId, ...terms });
      const bob = await memberOf(t, { ...user, subject: unique("bob"), role: "operator" });
      const rated = async ({ as }: Member, stars: number) => {
        await as.mutation(doors.rate, { skillId, stars });
        const { rating, ratingCount } = await as.query(get, { skillId });
        return [rating, ratingCount];
      };
      expect(await rated(user, 5)).toEqual([5, 1]);
      expect(await rated(bob, 2)).toEqual([3.5, 2]);
      expect(await rated(user, 1)).toEqual([1.5, 2]);
      expect(await rated(user, 1)).toEqual([1.5, 2]);
      for (const stars of [0, 6, 4.5, NaN]) {
        expect(await failureOf(rated(user, stars))).toMatchObject({ field: "stars" });
      }
    });
  });

  describe("an erasure", () => {
    const erased = async (erasureId: Id<"erasures">) => {
      const state = async () => await deployment().query(internal.jobs.erasures.get, { erasureId });
      await expect.poll(async () => (await state()).status, { timeout: 20_000 }).toBe("completed");
    };

    test("of who uses a skill takes them out of its sums", async () => {
      const t = deployment();
      const { publisher, user, skillId } = await inUse();
      const bob = await memberOf(t, { ...user, subject: unique("bob"), role: "operator" });
      await user.as.mutation(doors.rate, { skillId, stars: 5 });
      await bob.as.mutation(doors.rate, { skillId, stars: 1 });
      await erased(await bob.as.mutation(api.mutations.erasures.me, {}));
      const sums = async () => await publisher.as.query(get, { skillId });
      expect(await sums()).toMatchObject({ rating: 5, ratingCount: 1, installCount: 1 });
      const { tenantId } = user;
      await erased(await user.as.mutation(api.mutations.erasures.tenant, { tenantId }));
      expect(await sums()).toMatchObject({ ratingCount: 0, installCount: 0 });
      expect(await sums()).not.toHaveProperty("rating");
    });

    test("of a publisher takes the skill at once, and nobody who takes its id gets its grants", async () => {
      const { publisher, user, skillId, agentId } = await inUse();
      const { tenantId } = publisher;
      const gone = [{ skillId, status: "error", isUsable: false }];
      const erasureId = await publisher.as.mutation(api.mutations.erasures.tenant, { tenantId });
      await expectFailure(user.as.query(get, { skillId }), missing(skillId));
      expect(await has(user, agentId)).toMatchObject(gone);
      await erased(erasureId);
      expect(await has(user, agentId)).toMatchObject(gone);

      const thief = await tenant();
      await thief.as.action(create, newSkill(skillId));
      await thief.as.mutation(doors.publish, { skillId });
      expect(await has(user, agentId)).toMatchObject(gone);
      const which = { agentId, skillId };
      await expectFailure(
        user.as.mutation(doors.upgrade, { ...which, ...terms }),
        missing(skillId),
      );
      await expectFailure(
        user.as.mutation(doors.configure, { ...which, config }),
        missing(skillId),
      );
      await user.as.mutation(doors.disable, which);
      await expectFailure(user.as.mutation(doors.enable, which), missing(skillId));
      expect(await failureOf(user.as.mutation(doors.rate, { skillId, stars: 5 }))).toMatchObject({
        reason: "no agent of the tenant has it: install it first",
      });
      await user.as.mutation(doors.uninstall, which);
      expect(await user.as.query(get, { skillId })).toMatchObject({ installCount: 0 });
      await user.as.mutation(doors.install, { ...which, ...terms });
      expect(await has(user, agentId)).toMatchObject([{ status: "installed", isUsable: true }]);
    });
  });
});

describe("configurations", () => {
  const fieldOf = async (call: () => unknown) => {
    const failure = await failureOf((async () => call())());
    return (failure as { field: string }).field;
  };
  const schemaWith = (setting: unknown) => ({ type: "object", properties: { a: setting } });

  test.each([
    [{ pattern: "(a+)+$" }, "configSchema.properties.a.pattern"],
    [{ patternProperties: {} }, "configSchema.properties.a.patternProperties"],
    [{ anyOf: [{}] }, "configSchema.properties.a.anyOf"],
    [{ uniqueItems: true }, "configSchema.properties.a.uniqueItems"],
    [{ type: "text" }, "configSchema.properties.a.type"],
    [{ enum: [{ of: "objects" }] }, "configSchema.properties.a.enum.0"],
    [{ minLength: -1 }, "configSchema.properties.a.minLength"],
    [{ items: { pattern: "a" } }, "configSchema.properties.a.items.pattern"],
    [{ additionalProperties: { not: {} } }, "configSchema.properties.a.additionalProperties.not"],
    [true, "configSchema.properties.a"],
    [{ default: 1n }, "configSchema"],
    [{ default: new ArrayBuffer(1) }, "configSchema"],
    [{ default: "x".repeat(20_000) }, "configSchema"],
  ])("a schema with %o is refused at its place", async (setting, field) => {
    expect(await fieldOf(() => checkedConfigSchema(schemaWith(setting)))).toBe(field);
  });

  test.each([
    [{ type: "string", writeOnly: true }, "configSchema.properties.a.writeOnly"],
    [{ items: { format: "password" } }, "configSchema.properties.a.items.format"],
  ])("a schema with %o is told that secrets have no place here", async (setting, field) => {
    const failure = await failureOf((async () => checkedConfigSchema(schemaWith(setting)))());
    const reason = "asks for a secret, and configurations are stored and shown as they are";
    expect(failure).toEqual({ kind: "invalid_argument", field, reason });
  });

  test.each([
    [{ type: "string", format: "uri" }, "https://example.com", "no address"],
    [{ type: "integer", minimum: 1, multipleOf: 2 }, 4, 3],
    [{ type: "array", items: { type: "number" }, maxItems: 2 }, [1, 2], [1, 2, 3]],
    [{ additionalProperties: { type: "string" } }, { b: "c" }, { b: 1 }],
    [{ type: "boolean" }, false, null],
    [{ title: "Anything", default: 1, examples: [1] }, { b: [null] }, Infinity],
  ])("a schema with %o takes %o and not %o", async (setting, right, wrong) => {
    const schema = checkedConfigSchema(schemaWith(setting));
    const before = JSON.stringify(schema);
    expect(checkedConfig({ a: right }, schema)).toEqual({ a: right });
    expect(await fieldOf(() => checkedConfig({ a: wrong }, schema))).toMatch(/^config/);
    expect(JSON.stringify(schema)).toBe(before);
  });

  test("without a schema only an empty one is taken, and none that is too long", async () => {
    expect(checkedConfig({}, undefined)).toEqual({});
    expect(await fieldOf(() => checkedConfig({ a: 1 }, undefined))).toBe("config.a");
    const long = { a: "x".repeat(9_000) };
    expect(await fieldOf(() => checkedConfig(long, schemaWith({})))).toBe("config");
  });
});
