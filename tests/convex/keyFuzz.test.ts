/** Keys that were guessed, altered or taken back: nobody gets in with one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { QueryCtx } from "../../convex/_generated/server";
import { requireScope } from "../../convex/model/access";
import { KEY_ID_LENGTH, API_KEY_PREFIX, keyIdIn, makeApiKey } from "../../src/core/apiKey";
import { expectFailure, failureOf, setup, supportBot, tenantWith } from "./setup";

const COUNT = 10_000;
const CALLS_AFTER_REVOCATION = 1_000;
const SEED = 20_261_126;
const UNAUTHENTICATED = { kind: "unauthenticated" } as const;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOOKALIKES = ["\u0430", "\u200b", "\0", " ", "\n", "_", "-", "\u0661"];

test("of 10,000 altered and made-up keys, none is accepted", async () => {
  const t = await setup();
  const { as } = await tenantWith(t, { subject: "ann" });
  const [ours, other] = [
    await as.action(api.actions.keys.create, { name: "a", scopes: ["agents:read"] }),
    await as.action(api.actions.keys.create, { name: "b", scopes: ["agents:read"] }),
  ];
  for (const { key: apiKey } of [ours, other]) {
    expect(await t.query(api.queries.agents.list, { apiKey })).toEqual([]);
  }
  const keys = fuzzed(ours.key, other.key);
  // Neither all stopped by the checksum nor all past it.
  const formed = keys.filter((key) => keyIdIn(key) !== null).length;
  expect(formed).toBeGreaterThan(COUNT / 10);
  expect(formed).toBeLessThan(COUNT / 2);
  for (const apiKey of keys) {
    const failure = await failureOf(t.query(api.queries.agents.list, { apiKey }));
    expect(failure, apiKey).toEqual(UNAUTHENTICATED);
  }
});

test("what fails the checksum is refused before anything is read", async () => {
  const untouchable = new Proxy({} as QueryCtx, {
    get(_target, part) {
      throw new Error(`ctx.${String(part)} was used`);
    },
  });
  await setup(); // for the pepper
  const permission = "agents:read";
  const [ours, other] = [newKey(1), newKey(2)];
  const ask = (apiKey: string) =>
    requireScope(untouchable, { tenantId: undefined, apiKey, permission });
  await expect(ask(ours)).rejects.toThrow("ctx.db was used");
  for (const apiKey of fuzzed(ours, other).filter((key) => keyIdIn(key) === null)) {
    expect(await failureOf(ask(apiKey)), apiKey).toEqual(UNAUTHENTICATED);
  }
});

test("of 1,000 calls after a revocation, none is let in", async () => {
  const t = await setup();
  const { as } = await tenantWith(t, { subject: "ann" });
  const { key: apiKey, _id: id } = await as.action(api.actions.keys.create, {
    name: "a",
    scopes: ["agents:read", "agents:write"],
  });
  const agentId = await t.mutation(api.mutations.agents.create, { apiKey, ...supportBot() });
  await as.mutation(api.mutations.keys.revoke, { id });
  const calls = [
    () => t.query(api.queries.agents.list, { apiKey }),
    () => t.query(api.queries.agents.get, { apiKey, agentId }),
    () => t.mutation(api.mutations.agents.create, { apiKey, ...supportBot() }),
    () => t.mutation(api.mutations.agents.remove, { apiKey, agentId }),
  ];
  for (let index = 0; index < CALLS_AFTER_REVOCATION; index += calls.length) {
    for (const call of calls) await expectFailure(call(), UNAUTHENTICATED);
  }
  expect(await as.query(api.queries.agents.list, {})).toHaveLength(1);
});

/** Of a given key, with another of the same tenant to take pieces from. The same ones each time. */
function fuzzed(key: string, other: string): string[] {
  const place = fc.nat(key.length - 1);
  const letter = fc.constantFrom(...Array.from(BASE62), ...LOOKALIKES);
  const altered = fc.oneof(
    fc.tuple(place, letter).map(([at, one]) => key.slice(0, at) + one + key.slice(at + 1)),
    fc.tuple(place, letter).map(([at, one]) => key.slice(0, at) + one + key.slice(at)),
    fc.tuple(place, place).map(([from, to]) => key.slice(0, from) + key.slice(to)),
    place.map((at) => key.slice(0, at) + other.slice(at)),
    place.map((at) => key.slice(0, at) + swappedCase(key.charAt(at)) + key.slice(at + 1)),
    letter.map((one) => one + key),
    letter.map((one) => key + one),
  );
  const madeUp = fc.oneof(
    fc.string({ maxLength: 200, unit: "binary" }),
    fc.string({ minLength: 57, maxLength: 57, unit: letter }).map((body) => API_KEY_PREFIX + body),
  );
  // These have the right checksum, and half of them the id of a key that there is.
  const forged = fc.nat().map((seed) => newKey(seed + 100));
  const forgedOfOurs = fc.nat().map((seed) => newKey(seed + 100, keyIdIn(key) ?? ""));
  const any = fc.oneof({ weight: 5, arbitrary: altered }, madeUp, forged, forgedOfOurs);
  const real = new Set([key, other]);
  return fc.sample(
    any.filter((text) => !real.has(text)),
    { numRuns: COUNT, seed: SEED },
  );
}

/** A key with a valid checksum, the same for the same seed. */
function newKey(seed: number, keyId = ""): string {
  let state = seed + 1;
  const random = (count: number) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
  const idFirst = (count: number) =>
    count === KEY_ID_LENGTH && keyId !== ""
      ? Uint8Array.from(keyId, (letter) => BASE62.indexOf(letter))
      : random(count);
  return makeApiKey(idFirst).key;
}

function swappedCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}
