import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyIdIn, makeApiKey, randomText } from "../../../src/core/apiKey";

describe("an API key", () => {
  test("has its form, its id and never the same secret", () => {
    const made = Array.from({ length: 100 }, () => makeApiKey(randomBytes));
    for (const { key, keyId } of made) {
      expect(key).toMatch(/^ak_live_[0-9A-Za-z]{57}$/);
      expect(keyIdIn(key)).toBe(keyId);
    }
    expect(new Set(made.map(({ key }) => key)).size).toBe(made.length);
  });

  test("is told from 10,000 changed and made-up ones by its checksum", () => {
    const { key } = makeApiKey(randomBytes);
    const characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".split("");
    const changed = fc
      .tuple(fc.nat(key.length - 1), fc.constantFrom(...characters))
      .map(([at, character]) => key.slice(0, at) + character + key.slice(at + 1));
    const swapped = fc
      .nat(key.length - 2)
      .map((at) => key.slice(0, at) + key[at + 1]! + key[at]! + key.slice(at + 2));
    const cut = fc.nat(key.length - 1).map((length) => key.slice(0, length));
    const longer = fc.string().map((text) => key + text);
    fc.assert(
      fc.property(fc.oneof(changed, swapped, cut, longer, fc.string()), (candidate) => {
        if (candidate !== key) expect(keyIdIn(candidate)).toBeNull();
      }),
      { numRuns: 10_000 },
    );
  });
});

test("random text uses every character alike: no byte is folded onto the first ones", () => {
  const everyByte = (countBytes: number) => {
    expect(countBytes).toBeGreaterThan(0);
    return Uint8Array.from({ length: 256 }, (_, byte) => byte);
  };
  const text = randomText(everyByte, 248);
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect([...counts.values()]).toEqual(Array.from({ length: 62 }, () => 4));
});
