/** A channel's settings, between forms, which have texts, and JSON. */
import { checkConfig, settingsOf, type ChannelType, type Setting } from "../../../core/channels";

type Config = Record<string, unknown>;
type Texts = Record<string, string>;

/** As they are stored; what is empty is left out. */
export function configOf(type: ChannelType, texts: Texts): Config {
  const entries = settingsOf(type).flatMap((setting) => {
    const text = (texts[setting.name] ?? "").trim();
    return text === "" ? [] : [[setting.name, valueOf(setting, text)] as const];
  });
  return Object.fromEntries(entries);
}

function valueOf({ kind }: Setting, text: string): unknown {
  if (kind === "number") return Number(text);
  if (kind === "text") return text;
  return text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** As a form shows them: of a list, one on each line. */
export function textsOf(type: ChannelType, config: Config): Texts {
  const entries = settingsOf(type).map(({ name }) => {
    const value = config[name];
    return [name, Array.isArray(value) ? value.join("\n") : textOf(value)] as const;
  });
  return Object.fromEntries(entries);
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** With null for what was there and is not any more. */
export function changeOf(type: ChannelType, texts: Texts): Config {
  const config = configOf(type, texts);
  return Object.fromEntries(settingsOf(type).map(({ name }) => [name, config[name] ?? null]));
}

/** What is wrong first, and with which setting; null: nothing. */
export function wrongIn(type: ChannelType, texts: Texts): { name: string; message: string } | null {
  const checked = checkConfig(type, configOf(type, texts));
  if (checked.ok) return null;
  const { field, reason } = checked;
  return { name: field.slice("config.".length), message: `It ${reason}.` };
}
