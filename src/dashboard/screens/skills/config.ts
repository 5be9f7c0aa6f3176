/** A configuration as a person fills it in: a text for each setting of the schema, which is JSON Schema. */
import type { InstalledSkillView } from "../../../../convex/views/skills";

export type Config = NonNullable<InstalledSkillView["config"]>;
export type Setting = {
  name: string;
  label: string;
  hint: string | undefined;
  isRequired: boolean;
  /** `choice`: one of `choices`. `json`: what has no field of its own. */
  kind: "text" | "number" | "boolean" | "choice" | "json";
  choices: readonly string[];
};

/** The settings that a version takes, in its publisher's order. */
export function settingsIn(schema: Config | undefined): Setting[] {
  const properties = recordIn(schema?.["properties"]);
  const required: unknown = schema?.["required"];
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  return Object.entries(properties).map(([name, value]) => {
    const property = recordIn(value);
    const { title, description, enum: choices } = property;
    return {
      name,
      label: typeof title === "string" ? title : name,
      hint: typeof description === "string" ? description : undefined,
      isRequired: isRequired(name),
      kind: kindOf(property),
      choices: Array.isArray(choices) ? choices.map((choice) => toText(choice)) : [],
    };
  });
}

function kindOf({ enum: choices, type }: Record<string, unknown>): Setting["kind"] {
  if (Array.isArray(choices)) return "choice";
  if (type === "boolean") return "boolean";
  if (type === "number" || type === "integer") return "number";
  return type === "string" ? "text" : "json";
}

/** What stands in the fields: what is configured, or what the publisher suggests. */
export function filledIn(schema: Config | undefined, config: Config | undefined): string[] {
  const properties = recordIn(schema?.["properties"]);
  return settingsIn(schema).map(({ name }) => {
    const value: unknown = config?.[name] ?? recordIn(properties[name])["default"];
    return value === undefined ? "" : toText(value);
  });
}

/** What the fields say; what is left empty is not there. */
export function configOf(schema: Config | undefined, texts: readonly string[]): Config {
  const properties = recordIn(schema?.["properties"]);
  const entries = settingsIn(schema).flatMap(({ name, kind }, index) => {
    const text = texts[index]?.trim() ?? "";
    if (text === "") return [];
    const { enum: choices } = recordIn(properties[name]);
    return [[name, valueOf(text, { kind, choices })] as const];
  });
  return Object.fromEntries(entries);
}

/** What is no JSON, or no number, goes as it is: the deployment says what is wrong with it. */
function valueOf(text: string, { kind, choices }: Pick<Setting, "kind"> & { choices: unknown }) {
  if (kind === "choice" && Array.isArray(choices)) {
    return choices.find((choice) => toText(choice) === text) as unknown;
  }
  if (kind === "text") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function recordIn(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
