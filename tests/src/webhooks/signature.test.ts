/** Signatures: the published vector, and the reference library as judge. */
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { makeSecret, signatureOf } from "../../../src/webhooks/signature";

test("the vector of Standard Webhooks", () => {
  const signed = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestampS: 1614265330,
    body: '{"test": 2432232314}',
  };
  const signature = signatureOf(signed, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
  expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("the reference library takes it with either of two secrets, and nothing that was altered", () => {
  const secrets = [makeSecret(), makeSecret()] as const;
  expect(secrets[0]).not.toBe(secrets[1]);
  for (const secret of secrets) {
    const bytes = Buffer.from(secret.slice("whsec_".length), "base64").length;
    expect(bytes).toBe(32); // 24 to 64 are allowed
  }
  const timestampS = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ type: "run.completed", data: { text: "é, 字, 🎉" } });
  const headers = {
    "webhook-id": "an id",
    "webhook-timestamp": String(timestampS),
    "webhook-signature": signatureOf({ id: "an id", timestampS, body }, secrets),
  };
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  }
  const one = new Webhook(secrets[0]);
  expect(() => one.verify(`${body} `, headers)).toThrow();
  expect(() => one.verify(body, { ...headers, "webhook-id": "another" })).toThrow();
  const later = { ...headers, "webhook-timestamp": String(timestampS + 1) };
  expect(() => one.verify(body, later)).toThrow();
  expect(() => new Webhook(makeSecret()).verify(body, headers)).toThrow();
});
