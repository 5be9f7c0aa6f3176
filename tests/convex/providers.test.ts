import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { everything, expectFailure, onEachDriver, sharedSetup, tenantWith } from "./setup";
import { failureOf, memberOf, supportBot, type Member } from "./setup";
import { ENDED, runIn } from "./turn";

const { register, update, verify } = api.actions.providers;
const { enable, disable, remove } = api.mutations.providers;
const { list } = api.queries.providers;

const CREDENTIAL = "sk-ant-api03-the-tenants-own-key-abcd";
const anthropic = { name: "Ours", provider: "anthropic", credential: CREDENTIAL } as const;

let deploymentsOwn: Simulator;
let tenantsOwn: Simulator;
beforeAll(async () => {
  deploymentsOwn = await startSimulator({ tokensPerSecond: Infinity, apiKeys: ["deployment"] });
  tenantsOwn = await startSimulator({ tokensPerSecond: Infinity, apiKeys: [CREDENTIAL] });
});
afterAll(async () => {
  await Promise.all([deploymentsOwn.close(), tenantsOwn.close()]);
});

let count = 0;
const unique = (name: string) => `${name}-${++count}`;

onEachDriver(() => {
  const deployment = sharedSetup();
  const tenant = async () => await tenantWith(deployment(), { subject: unique("ann") });

  /** Sends a message, and returns how its run ended. */
  async function turn({ as }: Member) {
    const agentId = await as.mutation(api.mutations.agents.create, supportBot());
    const sent = await as.mutation(api.mutations.messages.send, { agentId, content: "Hi" });
    const run = await runIn(as, sent.runId, ENDED);
    return run.state;
  }

  test("a credential is shown by its end only: not in replies, not in the log, not in any row", async () => {
    const t = deployment();
    const ann = await tenant();
    const id = await ann.as.action(register, anthropic);
    const shown = await ann.as.query(list, {});
    expect(shown).toMatchObject([
      { _id: id, name: "Ours", status: "enabled", credentialMask: "••••abcd" },
    ]);
    await ann.as.action(update, { id, credential: `${CREDENTIAL}-2nd` });
    const stored = JSON.stringify([shown, await everything(t)], (_key, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    expect(stored).not.toContain("the-tenants-own-key");
    expect(stored).toContain("providers.update");
  });

  test("writing the mask back changes nothing; null takes the credential away", async () => {
    const t = deployment();
    const ann = await tenant();
    const id = await ann.as.action(register, anthropic);
    const before = await t.run((ctx) => ctx.db.get(id));
    await ann.as.action(update, { id, credential: "••••abcd", name: "Renamed" });
    const after = await t.run((ctx) => ctx.db.get(id));
    expect(after?.credential).toEqual(before?.credential);
    expect(after?.name).toBe("Renamed");
    await ann.as.action(update, { id, credential: null });
    expect(await t.run((ctx) => ctx.db.get(id))).not.toHaveProperty("credential");
  });

  test("nobody has a secret sent to themselves: a new address takes the credential away", async () => {
    const ann = await tenant();
    const id = await ann.as.action(register, anthropic);
    const baseUrl = "https://elsewhere.example.com/";
    await ann.as.action(update, { id, baseUrl, credential: "••••abcd" });
    const [shown] = await ann.as.query(list, {});
    expect(shown).toMatchObject({ baseUrl: "https://elsewhere.example.com" });
    expect(shown).not.toHaveProperty("credentialMask");
  });

  test.each([
    "http://models.example.com",
    "https://localhost/v1",
    "https://localhost./v1",
    "https://db.internal.",
    "https://127.0.0.1",
    "https://[::1]",
    "https://169.254.169.254/latest",
    "https://2130706433",
    "https://metadata.google.internal",
    "https://models",
    "https://user:pass@models.example.com",
    "file:///etc/passwd",
    "models",
  ])("%s is no address for a tenant's provider", async (baseUrl) => {
    const ann = await tenant();
    const call = ann.as.action(register, { ...anthropic, baseUrl });
    await expect(call).rejects.toMatchObject({ data: { field: "baseUrl" } });
    expect(await ann.as.query(list, {})).toEqual([]);
  });

  test("names are unique in the tenant, and an unnamed address of a compatible one is asked for", async () => {
    const ann = await tenant();
    await ann.as.action(register, anthropic);
    await expectFailure(ann.as.action(register, anthropic), {
      kind: "conflict",
      entity: "provider",
      reason: "the name is taken",
    });
    const compatible = { name: "Local", provider: "openai_compatible" } as const;
    const call = ann.as.action(register, compatible);
    await expect(call).rejects.toMatchObject({ data: { field: "baseUrl" } });
  });

  describe("an account is verified", () => {
    const at = async (credential: string | undefined, baseUrl: string) => {
      await deployment().setVariables({ PRIVATE_PROVIDER_URLS: "true" });
      const ann = await tenant();
      const given = credential === undefined ? {} : { credential };
      const id = await ann.as.action(register, {
        name: "Ours",
        provider: "anthropic",
        baseUrl,
        ...given,
      });
      return { ann, id };
    };

    test("by its provider: the right key works, another is refused, and neither is billed or shown", async () => {
      const baseUrl = tenantsOwn.anthropicBaseUrl;
      const calls = tenantsOwn.ledger.entries.length;
      const { ann, id } = await at(CREDENTIAL, baseUrl);
      expect(await ann.as.action(verify, { id })).toEqual({ outcome: "works" });
      await ann.as.mutation(disable, { id });
      expect(await ann.as.action(verify, { id })).toEqual({ outcome: "works" });
      await ann.as.action(update, { id, credential: "sk-mistyped-key" });
      const refused = { outcome: "failed", failureClass: "authentication", status: 401 };
      expect(await ann.as.action(verify, { id })).toEqual(refused);
      expect(tenantsOwn.ledger.entries.length).toBe(calls);
    });

    test("where nobody listens, as unreachable", async () => {
      const gone = await startSimulator({ port: 0 });
      await gone.close();
      const { ann, id } = await at(CREDENTIAL, gone.anthropicBaseUrl);
      const unreachable = { outcome: "failed", failureClass: "network", status: null };
      expect(await ann.as.action(verify, { id })).toEqual(unreachable);
    });

    test("without asking anybody, where there is no key or none that opens", async () => {
      const t = deployment();
      const ann = await tenant();
      const id = await ann.as.action(register, { name: "Ours", provider: "anthropic" });
      expect(await ann.as.action(verify, { id })).toEqual({
        outcome: "unusable",
        detail: "The tenant's provider anthropic has no credential.",
      });
      const { ann: bob, id: other } = await at(CREDENTIAL, tenantsOwn.anthropicBaseUrl);
      const foreign = (await t.run((ctx) => ctx.db.get(other)))!.credential!;
      await t.run((ctx) => ctx.db.patch(id, { credential: foreign }));
      const unusable = { outcome: "unusable", detail: expect.stringContaining("enter it again") };
      expect(await ann.as.action(verify, { id })).toEqual(unusable);
      await expectFailure(bob.as.action(verify, { id }), {
        kind: "not_found",
        entity: "provider",
        id,
      });
    });

    test("by whoever may write providers, and not as often as they like", async () => {
      const { ann, id } = await at(CREDENTIAL, tenantsOwn.anthropicBaseUrl);
      const { tenantId } = ann;
      const whom = { tenantId, subject: unique("viewer"), role: "viewer" } as const;
      const viewer = await memberOf(deployment(), whom);
      await expectFailure(viewer.as.action(verify, { id }), {
        kind: "forbidden",
        permission: "providers:write",
      });
      for (let n = 0; n < 20; n++) await ann.as.action(verify, { id });
      const refusal = await failureOf(ann.as.action(verify, { id }));
      expect(refusal).toMatchObject({ kind: "rate_limited" });
    });
  });

  describe("runs", () => {
    test("use the tenant's own enabled provider, and else the deployment's", async () => {
      const t = deployment();
      await t.setVariables({
        PRIVATE_PROVIDER_URLS: "true",
        ANTHROPIC_API_KEY: "deployment",
        ANTHROPIC_BASE_URL: deploymentsOwn.anthropicBaseUrl,
      });
      const ann = await tenant();
      const baseUrl = tenantsOwn.anthropicBaseUrl;
      const id = await ann.as.action(register, { ...anthropic, baseUrl });
      const calls = () => [tenantsOwn, deploymentsOwn].map(({ ledger }) => ledger.entries.length);
      const [ours = 0, theirs = 0] = calls();

      expect(await turn(ann)).toMatchObject({ kind: "completed" });
      expect(calls()).toEqual([ours + 1, theirs]);
      await ann.as.mutation(disable, { id });
      expect(await turn(ann)).toMatchObject({ kind: "completed" });
      expect(calls()).toEqual([ours + 1, theirs + 1]);
      await ann.as.mutation(enable, { id });
      expect(await turn(ann)).toMatchObject({ kind: "completed" });
      expect(calls()).toEqual([ours + 2, theirs + 1]);

      // Swapped in from another row: it does not open, and nobody is called in its stead.
      const bob = await tenant();
      const other = await bob.as.action(register, { ...anthropic, baseUrl });
      const foreign = (await t.run((ctx) => ctx.db.get(other)))!.credential!;
      await t.run((ctx) => ctx.db.patch(id, { credential: foreign }));
      const state = await turn(ann);
      expect(state).toMatchObject({ kind: "failed", reason: "misconfigured" });
      expect(calls()).toEqual([ours + 2, theirs + 1]);

      await ann.as.mutation(remove, { id });
      expect(await turn(ann)).toMatchObject({ kind: "completed" });
      expect(calls()).toEqual([ours + 2, theirs + 2]);
    });

    test("end before they call anybody once the plan's tokens of the month are used up", async () => {
      const t = deployment();
      await t.setVariables({
        ANTHROPIC_API_KEY: "deployment",
        ANTHROPIC_BASE_URL: deploymentsOwn.anthropicBaseUrl,
      });
      const ann = await tenant();
      expect(await turn(ann)).toMatchObject({ kind: "completed" });
      const tenants = await t.run((ctx) => ctx.db.get("tenants", ann.tenantId));
      const { slug } = tenants ?? expect.fail();
      await t.mutation(internal.jobs.tenants.setPlan, { slug, maxMonthlyTokens: 1 });
      const calls = deploymentsOwn.ledger.entries.length;
      expect(await turn(ann)).toMatchObject({ kind: "failed", reason: "budget_exceeded" });
      expect(deploymentsOwn.ledger.entries.length).toBe(calls);
      // Nothing says that there was a call.
      const steps = await t.run((ctx) => ctx.db.query("run_steps").collect());
      expect(steps.map(({ status }) => status)).not.toContain("failed");
    });
  });
});
