import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startHarness, type Harness } from "./harness";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(async () => await harness.executor.close());

describe("crypto.subtle in queries gives what the host's gives in actions", () => {
  test.each([
    "digest SHA-1",
    "digest SHA-256",
    "digest SHA-384",
    "digest SHA-512",
    "sign HMAC",
    "encrypt AES-GCM",
    "encrypt AES-CBC",
    "deriveBits PBKDF2",
    "deriveKey HKDF",
  ])("%s", async (what) => {
    const inAction = await harness.action("crypto:inAction", { what });
    const inQuery = harness.run("crypto:inQuery", { what });
    expect(inQuery).toMatchObject({ ok: true, value: expect.stringContaining("$bytes") });
    expect(inQuery.ok && inQuery.value).toBe(inAction.ok && inAction.value);
  });
});

test.each([
  [
    "generateKey",
    "crypto.subtle: generateKey, which needs randomness, is not supported in queries",
  ],
  ["wrapKey", "crypto.subtle: wrapKey is not supported in queries and mutations. Use an action."],
  ["unwrapKey", "crypto.subtle: unwrapKey is not supported in queries and mutations"],
  ["RSA-OAEP", "crypto.subtle: RSA-OAEP is not supported in queries and mutations"],
  ["an unwanted use", 'the key does not allow "sign"'],
  ["a kept key", "key is not extractable"],
  ["a forged AES-GCM text", "unable to authenticate data"],
])("%s is refused by name", (what, message) => {
  expect(harness.run("crypto:inQuery", { what })).toMatchObject({
    ok: false,
    error: { kind: "developer", message: expect.stringContaining(message) },
  });
});
