/** The highest use that each function has made of each limit. */
import type { FunctionSpec } from "../../deploy/types";
import { FUNCTION_LIMITS, type FunctionUse, type Limited } from "./functionUse";

/** Functions that are remembered; a project has fewer. */
const FUNCTIONS_MAX = 5_000;

export type UsageLine = {
  function: string;
  component: string;
  kind: FunctionSpec["kind"];
  calls: number;
  /** The highest use of each limit that was used at all. */
  highest: Partial<Record<Limited, { used: number; limit: number }>>;
};

type Highest = { spec: FunctionSpec; calls: number; use: Record<Limited, number> };

const NAMES = Object.keys(FUNCTION_LIMITS) as Limited[];

export class UsageMeter {
  readonly #byName = new Map<string, Highest>();
  /** A push makes new specs of the same functions. */
  readonly #bySpec = new WeakMap<FunctionSpec, Highest>();

  note(spec: FunctionSpec, use: FunctionUse): void {
    const highest = this.#bySpec.get(spec) ?? this.#highestOf(spec);
    if (highest === null) return;
    highest.calls++;
    for (const name of NAMES) {
      if (use[name] > highest.use[name]) highest.use[name] = use[name];
    }
  }

  #highestOf(spec: FunctionSpec): Highest | null {
    const name = `${spec.componentPath} ${spec.modulePath}:${spec.exportName}`;
    let highest = this.#byName.get(name);
    if (highest === undefined) {
      if (this.#byName.size === FUNCTIONS_MAX) return null;
      const use = Object.fromEntries(NAMES.map((limited) => [limited, 0])) as Highest["use"];
      highest = { spec, calls: 0, use };
      this.#byName.set(name, highest);
    }
    this.#bySpec.set(spec, highest);
    return highest;
  }

  /** Those nearest to a limit first. */
  report(): UsageLine[] {
    return [...this.#byName.values()]
      .map((highest) => ({ ...highest, share: largestShare(highest.use) }))
      .sort((a, b) => b.share - a.share)
      .map(({ spec, calls, use }) => ({
        function: `${spec.modulePath}:${spec.exportName}`,
        component: spec.componentPath,
        kind: spec.kind,
        calls,
        highest: Object.fromEntries(
          NAMES.filter((name) => use[name] > 0).map((name) => [
            name,
            { used: use[name], limit: FUNCTION_LIMITS[name] },
          ]),
        ),
      }));
  }
}

function largestShare(use: FunctionUse): number {
  return Math.max(...NAMES.map((name) => use[name] / FUNCTION_LIMITS[name]));
}
