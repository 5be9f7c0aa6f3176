/** What callers say of a channel, checked by its type. */
import {
  checkConfig,
  secretOf,
  splitConfig,
  type ChannelType,
  type UncheckedConfig,
} from "../../../src/core/channels";
import { fail } from "../../lib/errors";
import type { OpenRecord } from "../../validators";

export type Given = {
  config?: OpenRecord | undefined;
  credential?: string | null | undefined;
};

/**
 * The settings and the credential, wherever the credential was written: platforms' examples have it among the
 * settings, where everybody could read it.
 *
 * @throws invalid_argument - It is given twice, or is no text; or channels of the type have none.
 */
export function separated(type: ChannelType, { config: given, credential }: Given): Given {
  const { config, secret } = splitConfig(type, given ?? {});
  const name = secretOf(type);
  const refuse = (reason: string): never =>
    fail({ kind: "invalid_argument", field: "credential", reason });
  if (secret !== undefined && secret !== null && typeof secret !== "string") {
    return refuse(`the ${name} must be a text`);
  }
  if (secret !== undefined && credential !== undefined && secret !== credential) {
    return refuse(`is given twice: take the ${name} out of config`);
  }
  const one = credential === undefined ? secret : credential;
  if (name === null && typeof one === "string") return refuse(`a ${type} channel has none`);
  return { config: given === undefined ? undefined : { ...config }, credential: one };
}

/** @throws invalid_argument - Channels of the type have a credential, and none is given. */
export function requireCredential(type: ChannelType, credential: Given["credential"]): void {
  const name = secretOf(type);
  if (name === null || typeof credential === "string") return;
  const reason = `a ${type} channel needs its ${name}`;
  fail({ kind: "invalid_argument", field: "credential", reason });
}

/** @throws invalid_argument - A setting is none of the type's, has another form, or is missing. */
export function checkedConfig(type: ChannelType, given: UncheckedConfig): OpenRecord {
  const checked = checkConfig(type, given);
  if (checked.ok) return checked.config;
  const { field, reason } = checked;
  return fail({ kind: "invalid_argument", field, reason });
}
