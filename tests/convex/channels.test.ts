import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { CHANNELS_MAX } from "../../convex/model/channels/channels";
import { coordinatesOf } from "../../convex/model/credentials";
import { open } from "../../convex/model/secrets";
import {
  everything,
  expectFailure,
  failureOf,
  firstPage,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
} from "./setup";

const { create, update } = api.actions.channels;
const { pause, resume, remove } = api.mutations.channels;
const { get, list } = api.queries.channels;

const TOKEN = "123456789:AAF-the-tenants-own-bot-abcd";
const PASSWORD = "the-mailbox's-own-password-wxyz";
const SEALING_KEY = { id: "1", key: new Uint8Array(Buffer.alloc(32, "sealing key")) };

let count = 0;
const unique = (name: string) => `${name}-${++count}`;

onEachDriver(() => {
  const deployment = sharedSetup({
    SEALING_KEYS: `1:${Buffer.from(SEALING_KEY.key).toString("base64")}`,
  });

  /** A tenant with an agent, and what makes channels of it. */
  async function shop() {
    const ann = await tenantWith(deployment(), { subject: unique("ann") });
    const agentId = await ann.as.mutation(api.mutations.agents.create, supportBot());
    const config = { address: "support@example.com", smtpHost: "smtp.example.com" };
    return {
      ...ann,
      agentId,
      bot: { agentId, type: "telegram", credential: TOKEN } as const,
      mailbox: { agentId, type: "email", config, credential: PASSWORD } as const,
    };
  }

  const row = async (id: Id<"channels">) =>
    (await deployment().run(async (ctx) => await ctx.db.get("channels", id)))!;

  /** The credential, as what carries messages will have it. */
  async function secretIn(id: Id<"channels">): Promise<string | null> {
    const { tenantId, credential } = await row(id);
    const at = coordinatesOf({ tenantId, table: "channels", id });
    return credential === undefined ? null : await open([SEALING_KEY], at, credential);
  }

  describe("a credential", () => {
    test("among the settings, as in the platforms' examples, is taken out and sealed", async () => {
      const { as, agentId } = await shop();
      const webhookUrl = "https://bots.example.com/telegram";
      const config = { botToken: TOKEN, webhookUrl };
      const channelId = await as.action(create, { agentId, type: "telegram", config });
      expect(await as.query(get, { channelId })).toMatchObject({
        _id: channelId,
        agentId,
        name: "telegram",
        status: "active",
        config: { webhookUrl },
        credentialMask: "••••abcd",
        messageCount: 0,
      });
      expect((await row(channelId)).config).toEqual({ webhookUrl });
      expect(await secretIn(channelId)).toBe(TOKEN);
    });

    test("stands nowhere but sealed: not in replies, not in the log, not in any row", async () => {
      const { as, bot } = await shop();
      const channelId = await as.action(create, bot);
      await as.action(update, { channelId, credential: `${TOKEN}-2nd` });
      await as.action(update, { channelId, config: { botToken: `${TOKEN}-3rd` } });
      expect(await secretIn(channelId)).toBe(`${TOKEN}-3rd`);
      const shown = await as.query(get, { channelId });
      const { page: log } = await as.query(api.queries.activity.list, {
        entityTable: "channels",
        entityId: channelId,
        paginationOpts: firstPage,
      });
      const verbs = ["update", "update", "update", "create"];
      expect(log.map(({ action }) => action)).toEqual(verbs.map((verb) => `channels.${verb}`));
      expect(log[0]!.changes).toEqual([{ field: "credential", from: "•••", to: "•••" }]);
      const told = [shown, log, await everything(deployment())];
      const text = JSON.stringify(told, (_key, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      );
      expect(text).not.toContain("the-tenants-own-bot");
      expect(JSON.stringify([shown, log])).not.toContain("ciphertext");
    });

    test("is left alone by its mask, written wherever", async () => {
      const { as, bot } = await shop();
      const channelId = await as.action(create, bot);
      const before = await row(channelId);
      const mask = before.credentialMask!;
      await as.action(update, { channelId, name: "Renamed", credential: mask });
      await as.action(update, {
        channelId,
        config: { botToken: mask, allowedChats: ["@support"] },
      });
      const after = await row(channelId);
      expect(after.credential).toEqual(before.credential);
      expect(after).toMatchObject({ name: "Renamed", config: { allowedChats: ["@support"] } });
    });

    test("is not sent to another server: it goes, and the channel pauses, unless a new one comes", async () => {
      const { as, mailbox } = await shop();
      const channelId = await as.action(create, mailbox);
      await as.action(update, { channelId, config: { address: "help@example.com" } });
      expect(await secretIn(channelId)).toBe(PASSWORD);
      const mask = (await row(channelId)).credentialMask!;
      const config = { smtpHost: "smtp.thief.example" };
      await as.action(update, { channelId, config, credential: mask });
      const shown = await as.query(get, { channelId });
      expect(shown).toMatchObject({ status: "paused", config });
      expect(shown).not.toHaveProperty("credentialMask");
      expect(await row(channelId)).not.toHaveProperty("credential");
      const back = { smtpHost: "smtp.example.com", smtpPort: 465 };
      await as.action(update, { channelId, config: back, credential: PASSWORD });
      expect(await secretIn(channelId)).toBe(PASSWORD);
    });

    test("is what an active channel has, if its type has any", async () => {
      const { as, agentId, bot } = await shop();
      await expectFailure(as.action(create, { agentId, type: "telegram" }), {
        kind: "invalid_argument",
        field: "credential",
        reason: "a telegram channel needs its botToken",
      });
      await expectFailure(as.action(create, { agentId, type: "web", credential: TOKEN }), {
        kind: "invalid_argument",
        field: "credential",
        reason: "a web channel has none",
      });
      await expectFailure(as.action(create, { ...bot, config: { botToken: "another" } }), {
        kind: "invalid_argument",
        field: "credential",
        reason: "is given twice: take the botToken out of config",
      });
      expect((await as.query(list, { paginationOpts: firstPage })).page).toEqual([]);

      const channelId = await as.action(create, bot);
      await as.action(update, { channelId, credential: null });
      expect(await row(channelId)).toMatchObject({ status: "paused" });
      await expectFailure(as.mutation(resume, { channelId }), {
        kind: "conflict",
        entity: "channel",
        reason: "the channel has no credential",
      });
      await as.action(update, { channelId, credential: TOKEN });
      await as.mutation(resume, { channelId });
      expect(await row(channelId)).toMatchObject({ status: "active" });
    });
  });

  describe("settings", () => {
    test("that a type has not, or not so, are refused before anything is there", async () => {
      const { as, agentId, bot } = await shop();
      const refusals: [string, Record<string, unknown>][] = [
        ["config.apiToken", { apiToken: "sk-ant-secret" }],
        ["config.guildId", { guildId: "41771983423143937" }],
        ["config.allowedChats", { allowedChats: { nested: { token: "sk-ant-secret" } } }],
        ["config.webhookUrl", { webhookUrl: "https://localhost/" }],
      ];
      for (const [field, config] of refusals) {
        const failure = await failureOf(as.action(create, { ...bot, config }));
        expect(failure).toMatchObject({ kind: "invalid_argument", field });
        expect(JSON.stringify(failure)).not.toContain("sk-ant-secret");
      }
      const slack = { agentId, type: "slack", credential: "xoxb" } as const;
      expect(await failureOf(as.action(create, slack))).toMatchObject({ field: "config.teamId" });
      expect((await as.query(list, { paginationOpts: firstPage })).page).toEqual([]);
    });

    test("change one by one; null takes one away, but none that is needed", async () => {
      const { as, mailbox } = await shop();
      const channelId = await as.action(create, mailbox);
      await as.action(update, { channelId, config: { username: "support" } });
      const { config } = await row(channelId);
      expect(config).toEqual({ ...mailbox.config, username: "support" });
      await as.action(update, { channelId, config: { username: null } });
      expect((await row(channelId)).config).toEqual(mailbox.config);
      const call = as.action(update, { channelId, config: { address: null } });
      expect(await failureOf(call)).toMatchObject({ field: "config.address" });
      const { page } = await as.query(api.queries.activity.list, {
        action: "channels.update",
        paginationOpts: { numItems: 1, cursor: null },
      });
      expect(page[0]?.changes).toEqual([{ field: "config.username", from: '"support"' }]);
    });
  });

  test("a channel is paused, resumed, renamed, moved to another agent and removed", async () => {
    const { as, bot } = await shop();
    const channelId = await as.action(create, { ...bot, name: "Support" });
    await as.mutation(pause, { channelId });
    await as.mutation(pause, { channelId });
    expect(await as.query(get, { channelId })).toMatchObject({ status: "paused" });
    await deployment().run(async (ctx) => {
      await ctx.db.patch("channels", channelId, { status: "error", error: "401" });
    });
    await as.mutation(resume, { channelId });
    expect(await as.query(get, { channelId })).toMatchObject({ status: "active" });
    expect(await as.query(get, { channelId })).not.toHaveProperty("error");
    const agentId = await as.mutation(api.mutations.agents.create, supportBot());
    await as.action(update, { channelId, agentId });
    const paginationOpts = firstPage;
    expect((await as.query(list, { agentId, paginationOpts })).page).toMatchObject([
      { _id: channelId, agentId },
    ]);
    await as.mutation(remove, { channelId });
    await expectFailure(as.query(get, { channelId }), {
      kind: "not_found",
      entity: "channel",
      id: channelId,
    });
  });

  test("an archived agent keeps its channels and gets no others", async () => {
    const { as, agentId, bot } = await shop();
    const channelId = await as.action(create, bot);
    await as.mutation(pause, { channelId });
    await as.mutation(api.mutations.agents.remove, { agentId });
    const archived = {
      kind: "conflict",
      entity: "agent",
      reason: "the agent is archived",
    } as const;
    await expectFailure(as.action(create, { ...bot, name: "Another" }), archived);
    await expectFailure(as.mutation(resume, { channelId }), archived);
    await as.mutation(api.mutations.agents.update, { agentId, status: "active" });
    await as.mutation(resume, { channelId });
  });

  test("names are unique in the tenant, and another tenant may have them too", async () => {
    const one = await shop();
    const other = await shop();
    await one.as.action(create, one.bot);
    const taken = { kind: "conflict", entity: "channel", reason: "the name is taken" } as const;
    await expectFailure(one.as.action(create, one.bot), taken);
    const channelId = await one.as.action(create, { ...one.bot, name: "second" });
    await expectFailure(one.as.action(update, { channelId, name: "telegram" }), taken);
    await one.as.action(update, { channelId, name: "second" });
    await other.as.action(create, other.bot);
  });

  test("lists are of the tenant, of an agent, of a type or of both, in pages and the newest first", async () => {
    const { as, agentId, bot, mailbox } = await shop();
    const another = await as.mutation(api.mutations.agents.create, supportBot());
    const first = await as.action(create, bot);
    const second = await as.action(create, mailbox);
    const third = await as.action(create, { ...bot, agentId: another, name: "third" });
    const ids = async (filter: { agentId?: Id<"agents">; type?: "telegram" }) =>
      (await as.query(list, { ...filter, paginationOpts: firstPage })).page.map(({ _id }) => _id);
    expect(await ids({})).toEqual([third, second, first]);
    expect(await ids({ agentId })).toEqual([second, first]);
    expect(await ids({ type: "telegram" })).toEqual([third, first]);
    expect(await ids({ agentId, type: "telegram" })).toEqual([first]);
    const page = await as.query(list, { paginationOpts: { numItems: 2, cursor: null } });
    const rest = { numItems: 2, cursor: page.continueCursor };
    expect((await as.query(list, { paginationOpts: rest })).page).toMatchObject([{ _id: first }]);
  });

  test(`a tenant has at most ${CHANNELS_MAX}`, async () => {
    const { as, agentId } = await shop();
    const _id = await as.action(create, { agentId, type: "api" });
    await deployment().run(async (ctx) => {
      const { _id: _, _creationTime, ...made } = (await ctx.db.get("channels", _id))!;
      for (let n = 1; n < CHANNELS_MAX; n++) {
        await ctx.db.insert("channels", { ...made, name: `api ${n}` });
      }
    });
    await expectFailure(as.action(create, { agentId, type: "cli" }), {
      kind: "limit_reached",
      what: "channels",
      limit: CHANNELS_MAX,
    });
  });
});
