/** Channels and their credentials: one mistake each. */
import type { Mutant } from "./mutants";

const RULES = "src/core/channels.ts";
const MODEL = "convex/model/channels/channels.ts";
const CREDENTIALS = "convex/model/credentials.ts";
const CHANNELS = ["tests/convex/channels.test.ts"];
const UNITS = ["tests/src/core/channels.test.ts"];

export const CHANNEL_MUTANTS: readonly Mutant[] = [
  {
    name: "channels: a secret stays among the settings",
    file: RULES,
    find: "return { config, secret };",
    replace: "return { config: given, secret };",
    tests: CHANNELS,
  },
  {
    name: "channels: settings of other types are taken",
    file: RULES,
    find: "if (field === undefined) return refuse(name, unknownField(type, name));",
    replace: "if (field === undefined) continue;",
    tests: UNITS,
  },
  {
    name: "channels: what everything inherits passes for a setting",
    file: RULES,
    find: "Object.hasOwn(fields, name) ? fields[name] : undefined",
    replace: "fields[name]",
    tests: UNITS,
  },
  {
    name: "channels: a needed setting can be taken away",
    file: RULES,
    find: "if (isRequired === true && !Object.hasOwn(config, name))",
    replace: "if (isRequired === true && !Object.hasOwn(given, name))",
    tests: UNITS,
  },
  {
    name: "channels: another mail server gets the password",
    file: MODEL,
    find: "isMoved ? (patch.credential ?? null) : patch.credential",
    replace: "patch.credential",
    tests: CHANNELS,
  },
  {
    name: "channels: another port of the mail server gets the password",
    file: RULES,
    find: 'receivesCredential: true,\n        form: "465 or 587',
    replace: 'form: "465 or 587',
    tests: UNITS,
  },
  {
    name: "channels: one without its credential is active",
    file: MODEL,
    find: "secretOf(type) === null || credential !== undefined",
    replace: "credential !== null",
    tests: CHANNELS,
  },
  {
    name: "channels: the log tells what was sealed",
    file: MODEL,
    find: '{ secret: ["credential"] }',
    replace: "{}",
    tests: CHANNELS,
  },
  {
    name: "channels: the mask is taken for a credential",
    file: CREDENTIALS,
    find: "text === undefined || text === mask",
    replace: "text === undefined",
    tests: CHANNELS,
  },
  {
    name: "channels: all are bound to one place",
    file: CREDENTIALS,
    find: 'return { tenantId, table, id, field: "credential" };',
    replace: 'return { tenantId, table: "providers", id, field: "credential" };',
    tests: ["tests/convex/secrets.test.ts"],
  },
  {
    name: "channels: an archived agent gets more of them",
    file: MODEL,
    find: 'if (status !== "archived") return;',
    replace: "return;",
    tests: CHANNELS,
  },
  {
    name: "channels: a name is taken twice",
    file: MODEL,
    find: "if (other !== null) fail(",
    replace: "if (other === undefined) fail(",
    tests: CHANNELS,
  },
  {
    name: "channels: without end",
    file: MODEL,
    find: "if (channels.length < CHANNELS_MAX) return;",
    replace: "if (channels.length <= CHANNELS_MAX) return;",
    tests: CHANNELS,
  },
  {
    name: "channels: a number passes for a host's name",
    file: "src/core/addresses.ts",
    find: "+[a-z]([a-z0-9-]{0,61}",
    replace: "+[a-z0-9]([a-z0-9-]{0,61}",
    tests: UNITS,
  },
];
