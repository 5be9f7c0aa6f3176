import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import schema from "../../convex/schema";
import { coordinatesOf, SEALED_TABLES, type SealedTable } from "../../convex/model/credentials";
import { maskOf, open, seal, type Coordinates } from "../../convex/model/secrets";
import type { SealingKey } from "../../convex/model/deploymentSecrets";
import type { Sealed } from "../../convex/validators";
import type { Backend } from "./drivers";
import { onEachDriver, setup, supportBot, tenantWith } from "./setup";

const key = (id: string, fill = id): SealingKey => ({
  id,
  key: new Uint8Array(Buffer.alloc(32, fill)),
});
const OLD = key("old");
const NEW = key("new");
const variable = (...keys: SealingKey[]) =>
  keys.map(({ id, key: bytes }) => `${id}:${Buffer.from(bytes).toString("base64")}`).join(",");

const SECRET = "sk-ant-api03-a-secret-of-some-length";
const AT: Coordinates = { tenantId: "t1", table: "providers", id: "p1", field: "credential" };

describe("a sealed secret", () => {
  test("opens where it was sealed, with the key it names; two seals of it have nothing in common", async () => {
    const one = await seal([OLD, NEW], AT, SECRET);
    const two = await seal([OLD, NEW], AT, SECRET);
    expect(await open([NEW, OLD], AT, one)).toBe(SECRET);
    expect(one.keyId).toBe("old");
    expect(one.iv).not.toBe(two.iv);
    expect(one.ciphertext).not.toBe(two.ciphertext);
  });

  test("does not open in another place: 1,000 swaps", async () => {
    const places = Array.from({ length: 1_000 }, (_, n): Coordinates => {
      const field = (["tenantId", "table", "id", "field"] as const)[n % 4]!;
      return { ...AT, [field]: `${AT[field]}${n}` };
    });
    const sealed = await seal([OLD], AT, SECRET);
    const opened = await Promise.all(places.map((place) => open([OLD], place, sealed)));
    expect(opened.filter((text) => text !== null)).toEqual([]);
    // Neighbours that would read the same, were they just joined.
    expect(await open([OLD], { ...AT, tenantId: "t1p", table: "roviders" }, sealed)).toBeNull();
  });

  test("does not open with a bit flipped: 1,000 flips in ciphertext, tag and vector", async () => {
    const sealed = await seal([OLD], AT, SECRET);
    const flipped = Array.from({ length: 1_000 }, (_, n) =>
      flip(sealed, n % 2 === 0 ? "ciphertext" : "iv"),
    );
    const opened = await Promise.all(flipped.map((altered) => open([OLD], AT, altered)));
    expect(opened.filter((text) => text !== null)).toEqual([]);
  });

  test("does not open without its key, nor with another one under its name", async () => {
    const sealed = await seal([OLD], AT, SECRET);
    expect(await open([NEW], AT, sealed)).toBeNull();
    expect(await open([key("old", "x")], AT, sealed)).toBeNull();
    expect(await open([OLD, NEW], AT, { ...sealed, keyId: "new" })).toBeNull();
    expect(await open([OLD], AT, { ...sealed, iv: "", ciphertext: "no base64" })).toBeNull();
  });

  test("is told by its last four characters, and a short one by none", () => {
    expect(maskOf(SECRET)).toBe("••••ngth");
    expect(maskOf("12345678901")).toBe("••••");
  });
});

test("the rotation knows every table with something sealed", () => {
  const sealed = Object.entries(schema.tables).filter(
    // Answers that have a secret in them are kept for a day: the key that sealed them goes no sooner.
    ([name, { validator }]) =>
      JSON.stringify(validator).includes('"ciphertext"') && name !== "idempotency_keys",
  );
  expect(sealed.map(([name]) => name).toSorted()).toEqual(SEALED_TABLES.toSorted());
});

onEachDriver(() => {
  test("a rotation that stops after any row leaves nothing that does not open, and the next one goes on", async () => {
    const t = await setup({ SEALING_KEYS: variable(OLD) });
    const { tenantId, userId, as } = await tenantWith(t, { subject: "ann" });
    const by = { tenantId, createdBy: userId, createdAt: 0, updatedAt: 0 };
    const provider = { ...by, provider: "anthropic", status: "enabled" } as const;
    const agentId = await as.mutation(api.mutations.agents.create, supportBot());
    const bot = { ...by, agentId, type: "telegram", status: "active", config: {} } as const;
    const channel = { ...bot, messageCount: 0 };
    const installation = await installationIn(t, { tenantId, agentId });
    const endpoint = { ...by, url: "https://hooks.example.com/", events: [] };
    const endpointId = await t.run((ctx) =>
      ctx.db.insert("webhook_endpoints", { ...endpoint, status: "active" }),
    );
    const webhookSecret = { tenantId, endpointId, createdAt: 0 };
    await t.run(async (ctx) => {
      for (let n = 0; n < 5; n++) {
        const name = `row ${n}`;
        const table = SEALED_TABLES[n % SEALED_TABLES.length]!;
        const id = await (table === "providers"
          ? ctx.db.insert(table, { ...provider, name })
          : table === "channels"
            ? ctx.db.insert(table, { ...channel, name })
            : table === "agent_skills"
              ? ctx.db.insert(table, { ...installation, skillId: name })
              : ctx.db.insert(table, { ...webhookSecret, credentialMask: name }));
        const at = { tenantId, table, id, field: "credential" };
        await ctx.db.patch(id, { credential: await seal([n < 4 ? OLD : NEW], at, SECRET + n) });
      }
      await ctx.db.insert("providers", { ...provider, name: "without" });
    });

    await t.setVariables({ SEALING_KEYS: variable(NEW, OLD) });
    for (let done = 0; done <= 4; done++) {
      expect(await opened(t)).toEqual([0, 1, 2, 3, 4].map((n) => SECRET + n));
      expect((await keyIds(t)).filter((id) => id === "new")).toHaveLength(done + 1);
      const isDone = done >= 3;
      const resealed = done === 4 ? 0 : 1;
      expect(await t.action(internal.jobs.rotation.rotate, { rowsMax: 1 })).toEqual({
        resealed,
        unopened: 0,
        isDone,
      });
    }
    expect(await keyIds(t)).toEqual(Array(5).fill("new"));
    expect(await opened(t, [NEW])).toEqual([0, 1, 2, 3, 4].map((n) => SECRET + n));
  });

  test("a secret written while it is sealed anew is not overwritten; one that does not open stays", async () => {
    const t = await setup({ SEALING_KEYS: variable(NEW) });
    const { tenantId, userId } = await tenantWith(t, { subject: "ann" });
    const before = await seal([OLD], AT, SECRET);
    const id = await t.run((ctx) =>
      ctx.db.insert("providers", {
        tenantId,
        name: "p",
        provider: "anthropic",
        status: "enabled",
        credential: before,
        createdBy: userId,
        createdAt: 0,
        updatedAt: 0,
      }),
    );
    const lost = { resealed: 0, unopened: 1, isDone: true };
    expect(await t.action(internal.jobs.rotation.rotate, {})).toEqual(lost);
    expect((await t.run((ctx) => ctx.db.get(id)))?.credential).toEqual(before);

    const after = await seal([NEW], AT, SECRET);
    const rows = [{ id, before: await seal([OLD], AT, "another"), after }];
    const stored = await t.mutation(internal.jobs.rotation.replace, { table: "providers", rows });
    expect(stored).toBe(0);
    expect((await t.run((ctx) => ctx.db.get(id)))?.credential).toEqual(before);

    // Nothing is sealed with a default.
    await t.setVariables({ SEALING_KEYS: "" });
    await expect(t.action(internal.jobs.rotation.rotate, {})).rejects.toThrow(/SEALING_KEYS/);
  });
});

/** What a row of `agent_skills` has, but for its skill's id. */
async function installationIn(
  t: Backend,
  whose: { tenantId: Id<"tenants">; agentId: Id<"agents"> },
) {
  const content = { version: "1.0.0", permissions: [] };
  const texts = { name: "n", description: "d", category: "data", searchText: "" };
  const state = {
    status: "draft",
    verified: false,
    installCount: 0,
    ratingSum: 0,
    ratingCount: 0,
  } as const;
  const times = { createdAt: 0, updatedAt: 0 };
  return await t.run(async (ctx) => {
    const listingId = await ctx.db.insert("skills", {
      id: "skill_a",
      ...texts,
      ...state,
      ...content,
      ...times,
    });
    const versionId = await ctx.db.insert("skill_versions", {
      listingId,
      ...content,
      createdAt: 0,
    });
    const use = { status: "installed", useCount: 0, installedAt: 0, updatedAt: 0 } as const;
    return { ...whose, ...use, listingId, versionId, version: "1.0.0", grantedPermissions: [] };
  });
}

function flip(sealed: Sealed, field: "iv" | "ciphertext"): Sealed {
  const bytes = Buffer.from(sealed[field], "base64");
  const bit = randomInt(bytes.length * 8);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return { ...sealed, [field]: bytes.toString("base64") };
}

async function sealedRows(t: Backend) {
  const rows = await t.run(async (ctx) => {
    const inTable = async (table: SealedTable) =>
      (await ctx.db.query(table).take(100)).map((row) => ({ ...row, table, name: nameOf(row) }));
    return (await Promise.all(SEALED_TABLES.map(inTable))).flat();
  });
  return rows
    .filter(({ credential }) => credential !== undefined)
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function nameOf(row: Doc<SealedTable>): string {
  if ("name" in row) return row.name;
  return "skillId" in row ? row.skillId : (row.credentialMask ?? "");
}

async function keyIds(t: Backend): Promise<string[]> {
  return (await sealedRows(t)).map(({ credential }) => credential!.keyId);
}

async function opened(t: Backend, keys = [NEW, OLD]): Promise<(string | null)[]> {
  const rows = await sealedRows(t);
  return await Promise.all(
    rows.map(({ _id: id, table, tenantId, credential }) =>
      open(keys, coordinatesOf({ tenantId, table, id }), credential!),
    ),
  );
}
