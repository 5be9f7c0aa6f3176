import { describe, expect, test } from "vitest";
import { isPublicHostName } from "../../../src/core/addresses";
import {
  CHANNEL_TYPES,
  checkConfig,
  secretOf,
  sendsElsewhere,
  settingsOf,
  splitConfig,
  type ChannelType,
} from "../../../src/core/channels";

/** A whole configuration of each type. */
const WHOLE: Readonly<Record<ChannelType, Record<string, unknown>>> = {
  telegram: {
    webhookUrl: "https://bots.example.com/telegram",
    allowedChats: ["-1001234567890", "@support"],
  },
  discord: {
    guildId: "41771983423143937",
    applicationId: "1234567890123456789",
    publicKey: "0f".repeat(32),
    allowedChannels: ["41771983423143937"],
  },
  slack: { teamId: "T024BE7LD", allowedChannels: ["C024BE91L"] },
  whatsapp: { phoneNumberId: "106540352242922", businessAccountId: "102290129340398" },
  email: {
    address: "support@example.com",
    smtpHost: "smtp.example.com",
    smtpPort: 587,
    username: "support",
  },
  web: {
    allowedOrigins: ["https://www.example.com", "https://shop.example.com:8443"],
    greeting: "Hi!",
  },
  api: {},
  cli: {},
};

describe.each(CHANNEL_TYPES)("a %s channel", (type) => {
  test("takes its settings, and leaves out what is null", () => {
    const config = WHOLE[type];
    expect(checkConfig(type, config)).toEqual({ ok: true, config });
    expect(checkConfig(type, { ...config, nothing: null })).toEqual({ ok: true, config });
  });

  test("refuses a setting that it has not, and names those that it has", () => {
    const checked = checkConfig(type, { ...WHOLE[type], webhokUrl: "x" });
    expect(checked).toMatchObject({ ok: false, field: "config.webhokUrl" });
    const reason = checked.ok ? "" : checked.reason;
    for (const name of Object.keys(WHOLE[type])) expect(reason).toContain(name);
    expect(checkConfig(type, { constructor: "x" }).ok).toBe(false);
  });

  test.each(Object.keys(WHOLE[type]))(
    "takes no nonsense for %s, and does not repeat it",
    (name) => {
      const nonsense = [
        "",
        "no such\nthing",
        "a".repeat(501),
        7,
        true,
        {},
        ["\n"],
        [7],
        Array(101).fill("@support"),
      ];
      const accepted = nonsense.filter(
        (value) => checkConfig(type, { ...WHOLE[type], [name]: value }).ok,
      );
      // A greeting may be any text, of more than one line too.
      expect(accepted).toEqual(name === "greeting" ? ["no such\nthing"] : []);
      const checked = checkConfig(type, { ...WHOLE[type], [name]: { secret: "sk-ant" } });
      expect(JSON.stringify(checked)).not.toContain("sk-ant");
    },
  );

  test("says what it is configured with, and what that is in JSON", () => {
    const kindOf = (value: unknown) =>
      Array.isArray(value) ? "list" : typeof value === "number" ? "number" : "text";
    const told = settingsOf(type).map(({ name, kind }) => [name, kind]);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(Object.entries(WHOLE[type]).map(([name, value]) => [name, kindOf(value)])),
    );
    const needed = settingsOf(type).filter(({ isRequired }) => isRequired);
    for (const { name } of needed) {
      expect(checkConfig(type, { ...WHOLE[type], [name]: null }).ok).toBe(false);
    }
  });

  test("takes no secret among its settings", () => {
    const secret = secretOf(type);
    for (const name of ["botToken", "token", "clientSecret", "password", "apiKey", "api_key"]) {
      const checked = checkConfig(type, { ...WHOLE[type], [name]: "sk-ant" });
      expect(checked).toMatchObject({ ok: false, field: `config.${name}` });
      expect(checked.ok ? "" : checked.reason).toContain(
        secret === null ? "is no setting" : "`credential`",
      );
      expect(JSON.stringify(checked)).not.toContain("sk-ant");
    }
  });

  test("has its secret taken out from among the settings", () => {
    const secret = secretOf(type);
    const given = { ...WHOLE[type], [secret ?? "none"]: "the secret" };
    const { [secret ?? "kept"]: _taken, ...config } = given;
    expect(splitConfig(type, given)).toEqual({
      config,
      secret: secret === null ? undefined : "the secret",
    });
  });
});

test.each<[ChannelType, string]>([
  ["slack", "teamId"],
  ["whatsapp", "phoneNumberId"],
  ["email", "address"],
  ["email", "smtpHost"],
])("a %s channel needs a %s", (type, name) => {
  const { [name]: _missing, ...config } = WHOLE[type];
  const refusal = { ok: false, field: `config.${name}` };
  expect(checkConfig(type, config)).toMatchObject(refusal);
  expect(checkConfig(type, { ...config, [name]: null })).toMatchObject(refusal);
});

test("mail that goes through another server carries the credential elsewhere; a new address does not", () => {
  const before = WHOLE.email;
  const moved = (change: Record<string, unknown>) =>
    sendsElsewhere("email", before, { ...before, ...change });
  expect(moved({ smtpHost: "smtp.elsewhere.example" })).toBe(true);
  expect(moved({ smtpPort: 465 })).toBe(true);
  expect(moved({ address: "help@example.com", username: "help" })).toBe(false);
  expect(sendsElsewhere("slack", WHOLE.slack, { teamId: "T0" })).toBe(false);
});

test.each<[string, boolean]>([
  ["https://shop.example.com", true],
  ["http://localhost:5173", true],
  ["http://127.0.0.1:3000", true],
  ["http://shop.example.com", false],
  ["http://localhost.example.com", false],
  ["https://shop.example.com/", false],
  ["https://*.example.com", false],
  ["*", false],
  ["null", false],
])("%s as an origin of a web channel: %s", (origin, isTaken) => {
  expect(checkConfig("web", { allowedOrigins: [origin] }).ok).toBe(isTaken);
});

test.each([
  "http://bots.example.com",
  "https://localhost/",
  "https://10.0.0.1/",
  "https://user:secret@bots.example.com/",
  "https://bots.example.com/?token=secret",
  "https://bots.example.com/#secret",
])("%s is no address for a webhook", (webhookUrl) => {
  expect(checkConfig("telegram", { webhookUrl }).ok).toBe(false);
});

describe("a host's name", () => {
  test.each(["example.com", "smtp.example.com", "xn--mnchen-3ya.de", "a-b.co", "1and1.com"])(
    "%s is public",
    (name) => expect(isPublicHostName(name)).toBe(true),
  );
  test.each([
    "localhost",
    "localhost.",
    "a.localhost",
    "db.internal",
    "db.internal.",
    "printer.lan",
    "nas.local",
    "router.home.arpa",
    "10.0.0.1",
    "0x7f.0x1",
    "127.1",
    "[::1]",
    "models",
    "a..b.com",
    "-a.com",
    "a_b.com",
    "A.com",
    "a.com/x",
    "a.com:25",
    "a".repeat(64) + ".com",
    `${"a.".repeat(126)}com`,
    "",
  ])("%s is not", (name) => expect(isPublicHostName(name)).toBe(false));
});
