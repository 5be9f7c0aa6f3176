/**
 * What a channel of each type is configured with: the one table. Whatever is not in it is refused, so that a
 * setting with a typing mistake is no silent default, and a secret does not get into what everybody may read.
 */
import { isEmail, isPublicHostName } from "./addresses";

export const CHANNEL_TYPES = [
  "telegram",
  "discord",
  "slack",
  "whatsapp",
  "email",
  "web",
  "api",
  "cli",
] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

type Field = Readonly<{
  isRequired?: true;
  /** The credential is sent there: who changes it must know the credential. */
  receivesCredential?: true;
  accepts: (value: unknown) => boolean;
  /** After "must be": what it takes, for people. */
  form: string;
  /** What it is in JSON; absent: a text. */
  kind?: "list" | "number";
}>;

type Rules = Readonly<{
  /** What the platform calls the secret that the channel needs; null: it needs none. */
  secret: string | null;
  fields: Readonly<Record<string, Field>>;
}>;

const TEXT_LENGTH_MAX = 500;
const LIST_COUNT_MAX = 100;

const text = (form: string, pattern: RegExp): Field => ({
  form,
  accepts: (value) => isText(value) && pattern.test(value),
});
const list = (form: string, pattern: RegExp): Field => ({
  kind: "list",
  form: `a list of at most ${LIST_COUNT_MAX}: ${form}`,
  accepts: (value) =>
    Array.isArray(value) &&
    value.length <= LIST_COUNT_MAX &&
    value.every((one) => isText(one) && pattern.test(one)),
});
const required = (field: Field): Field => ({ ...field, isRequired: true });

const webhookUrl: Field = {
  form: "an https:// address at a public host name, without user, query or fragment",
  accepts: (value) => isText(value) && isPublicUrl(value),
};
const snowflake = (what: string) => text(`${what}: 17 to 20 digits`, /^\d{17,20}$/);

const CHANNELS: Readonly<Record<ChannelType, Rules>> = {
  telegram: {
    secret: "botToken",
    fields: {
      webhookUrl,
      allowedChats: list("chat ids, or names like @support", /^(-?\d{1,20}|@\w{5,32})$/),
    },
  },
  discord: {
    secret: "botToken",
    fields: {
      guildId: snowflake("the id of the server"),
      applicationId: snowflake("the id of the application"),
      publicKey: text("the application's public key: 64 hexadecimal digits", /^[0-9a-f]{64}$/i),
      allowedChannels: list("channel ids of 17 to 20 digits", /^\d{17,20}$/),
    },
  },
  slack: {
    secret: "botToken",
    fields: {
      teamId: required(text("the id of the workspace, as T024BE7LD", /^[TE][A-Z0-9]{2,20}$/)),
      allowedChannels: list("channel ids, as C024BE91L", /^[CDG][A-Z0-9]{2,20}$/),
    },
  },
  whatsapp: {
    secret: "accessToken",
    fields: {
      phoneNumberId: required(text("the id of the phone number: 5 to 20 digits", /^\d{5,20}$/)),
      businessAccountId: text("the id of the business account: 5 to 20 digits", /^\d{5,20}$/),
    },
  },
  email: {
    secret: "password",
    fields: {
      address: {
        isRequired: true,
        form: "an address like support@example.com",
        accepts: (value) => isText(value) && isEmail(value),
      },
      smtpHost: {
        isRequired: true,
        receivesCredential: true,
        form: "a public host name, as smtp.example.com",
        accepts: (value) => isText(value) && isPublicHostName(value),
      },
      smtpPort: {
        kind: "number",
        receivesCredential: true,
        form: "465 or 587, on which mail is sent encrypted",
        accepts: (value) => value === 465 || value === 587,
      },
      username: text("a name without spaces", /^\S+$/),
    },
  },
  web: {
    secret: null,
    fields: {
      allowedOrigins: list(
        "origins like https://www.example.com, or http://localhost:5173 of one's own machine",
        /^(https:\/\/[a-z0-9.-]+|http:\/\/(localhost|127\.0\.0\.1))(:\d{1,5})?$/,
      ),
      greeting: text(`a text of at most ${TEXT_LENGTH_MAX} characters`, /\S/),
    },
  },
  api: { secret: null, fields: {} },
  cli: { secret: null, fields: {} },
};

/** A setting of a type, for forms that ask for it. */
export type Setting = Readonly<{
  name: string;
  kind: "text" | "list" | "number";
  isRequired: boolean;
  /** After "must be". */
  form: string;
}>;

/** What channels of the type are configured with, the secret aside. */
export function settingsOf(type: ChannelType): readonly Setting[] {
  return Object.entries(CHANNELS[type].fields).map(([name, field]) => {
    const { kind = "text", isRequired = false, form } = field;
    return { name, kind, isRequired, form };
  });
}

/** JSON of which nobody knows yet what is in it. */
export type UncheckedConfig = Readonly<Record<string, unknown>>;

export type Checked =
  | { ok: true; config: Record<string, unknown> }
  /** Says what to change; never what was given, which may be a secret. */
  | { ok: false; field: string; reason: string };

/** What the platform calls the secret that channels of the type need; null: they need none. */
export function secretOf(type: ChannelType): string | null {
  return CHANNELS[type].secret;
}

/**
 * What was given, without the secret that some write among the settings.
 *
 * @returns `secret` is undefined when none is among them.
 */
export function splitConfig(
  type: ChannelType,
  given: UncheckedConfig,
): { config: UncheckedConfig; secret: unknown } {
  const { secret: name } = CHANNELS[type];
  if (name === null || !Object.hasOwn(given, name)) return { config: given, secret: undefined };
  const { [name]: secret, ...config } = given;
  return { config, secret };
}

/** The settings without those that are null, when each is one that channels of the type have, and none is missing. */
export function checkConfig(type: ChannelType, given: UncheckedConfig): Checked {
  const { fields } = CHANNELS[type];
  const config = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const refuse = (name: string, reason: string): Checked => ({
    ok: false,
    field: `config.${name}`,
    reason,
  });
  for (const [name, value] of Object.entries(config)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) return refuse(name, unknownField(type, name));
    if (!field.accepts(value)) return refuse(name, `must be ${field.form}`);
  }
  for (const [name, { isRequired, form }] of Object.entries(fields)) {
    if (isRequired === true && !Object.hasOwn(config, name))
      return refuse(name, `is missing: ${form}`);
  }
  return { ok: true, config };
}

/** Whether the credential would be sent elsewhere than before. */
export function sendsElsewhere(
  type: ChannelType,
  before: UncheckedConfig,
  after: UncheckedConfig,
): boolean {
  return Object.entries(CHANNELS[type].fields).some(
    ([name, { receivesCredential }]) => receivesCredential === true && before[name] !== after[name],
  );
}

function unknownField(type: ChannelType, name: string): string {
  const { secret, fields } = CHANNELS[type];
  if (SECRET_NAME.test(name) && secret !== null) {
    return `is a secret: give the ${secret} as \`credential\`, which is stored sealed, and no other`;
  }
  const names = Object.keys(fields);
  const allowed = names.length === 0 ? "which has none" : `which has ${names.join(", ")}`;
  return `is no setting of a ${type} channel, ${allowed}`;
}

const SECRET_NAME = /token|secret|password|api_?key|private_?key|credential/i;

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= TEXT_LENGTH_MAX;
}

function isPublicUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash, hostname } = new URL(value);
  const isBare = [username, password, search, hash].every((part) => part === "");
  return protocol === "https:" && isBare && isPublicHostName(hostname);
}
