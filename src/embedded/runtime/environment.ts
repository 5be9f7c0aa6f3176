/** The environment variables of the deployment: what functions see in `process.env`. Kept in the store. */
import type { Store } from "../store/store";
import { RequestError } from "./types";

const SETTING = "environment";

// Convex's limits (docs.convex.dev/production/state/limits, and the defaults of its open-source backend).
const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;
const VALUE_BYTES_MAX = 8 * 1024;
const VARIABLES_MAX = 512;
const TOTAL_BYTES_MAX = 512 * 1024;

export type Variables = Readonly<Record<string, string>>;
export type VariableChanges = Readonly<Record<string, string | null>>;

export interface Environment {
  /** What was set. */
  variables(): Variables;
  /** What the runtime itself sets. */
  system(): Variables;
  /** What the app's functions see: the same object until something changes. */
  ofApp(): Variables;
  /** `variables()` after `changes`. @throws RequestError - A name or value that cannot be. */
  changed(changes: VariableChanges): Variables;
  /** Stores variables; inside a store write transaction. */
  save(variables: Variables): void;
  /** Makes stored variables the present ones. */
  use(variables: Variables): void;
}

/** @param system - What the runtime itself sets; asked each time, since its addresses are known only once it listens. */
export function openEnvironment(store: Store, system: () => Variables): Environment {
  const stored = store.getSetting(SETTING);
  let current = (stored === null ? {} : JSON.parse(stored)) as Variables;
  let lastSystem = system();
  let app: Variables | null = null;

  return {
    variables: () => current,
    system,
    ofApp() {
      const values = system();
      if (app !== null && isSame(values, lastSystem)) return app;
      lastSystem = values;
      return (app = { ...values, ...current });
    },
    changed(changes) {
      const reserved = system();
      const next: Record<string, string> = { ...current };
      for (const [name, value] of Object.entries(changes)) {
        if (!NAME_PATTERN.test(name)) {
          throw refusal(
            "InvalidEnvVarName",
            `"${name}" cannot be the name of an environment variable: use at most 256 letters, digits and underscores, and no digit first.`,
          );
        }
        if (Object.hasOwn(reserved, name)) {
          throw refusal(
            "EnvVarNameForbidden",
            `The environment variable ${name} is set by the runtime itself.`,
          );
        }
        if (value === null) delete next[name];
        else if (Buffer.byteLength(value) <= VALUE_BYTES_MAX) next[name] = value;
        else
          throw refusal(
            "EnvVarValueTooLarge",
            `The value of ${name} is too large: the limit is ${VALUE_BYTES_MAX} bytes.`,
          );
      }
      const entries = Object.entries(next);
      const totalBytes = entries.reduce(
        (sum, [name, value]) => sum + name.length + Buffer.byteLength(value),
        0,
      );
      if (entries.length > VARIABLES_MAX || totalBytes > TOTAL_BYTES_MAX) {
        throw refusal(
          "EnvVarLimitReached",
          `There can be at most ${VARIABLES_MAX} environment variables of ${TOTAL_BYTES_MAX} bytes together.`,
        );
      }
      return next;
    },
    save: (variables) => store.setSetting(SETTING, JSON.stringify(variables)),
    use(variables) {
      current = variables;
      app = null;
    },
  };
}

function isSame(a: Variables, b: Variables): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function refusal(code: string, message: string): RequestError {
  return new RequestError(400, code, message);
}
