/** Runs pushed modules once, to see what they register. */
import { thrownError } from "../execution/errors";
import type { ModuleReport, Thrown } from "../execution/inside/link";
import { inspectNodeModule } from "../execution/nodeRealm";
import type { TransactionRealm } from "../execution/transactionRealm";
import { runWithTimeout, TimeoutError } from "../execution/watchdog";
import { PushError, type LinkedScript, type ModuleSource } from "./types";

/** As at Convex. */
const IMPORT_MAX_MS = 4_000;

type Linked = { script: LinkedScript; realm: TransactionRealm };

/** @throws PushError - The module throws, or takes too long. */
export function inspectInRealm({ script, realm }: Linked, module: ModuleSource): ModuleReport {
  realm.world.slot.nowMs = Date.now();
  return checked(
    withinTime(() => realm.world.inspect(module.path)),
    module,
    script,
  );
}

/** For a "use node" module. @throws PushError - The module throws, or takes too long. */
export function inspectInNode(
  script: LinkedScript,
  module: ModuleSource,
  environment: Readonly<Record<string, string>>,
): ModuleReport {
  return checked(
    withinTime(() => inspectNodeModule(script, module.path, environment)),
    module,
    script,
  );
}

function withinTime(inspect: () => ModuleReport | Thrown): ModuleReport | Thrown {
  try {
    return runWithTimeout(inspect, IMPORT_MAX_MS);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { message: `Error: running the module took more than ${IMPORT_MAX_MS} ms`, stack: "" };
  }
}

function checked(
  result: ModuleReport | Thrown,
  module: ModuleSource,
  script: LinkedScript,
): ModuleReport {
  if (!("stack" in result)) return result;
  const { message } = thrownError(result, script);
  const place = /\.\.\/([^\s()]+):(\d+):(\d+)/.exec(message);
  const at = place ? `${place[1]}:${place[2]}:${place[3]}` : module.path;
  throw new PushError(`${at}: Failed to analyze ${module.path}: ${message}`, {
    file: place?.[1] ?? module.path,
    line: place ? Number(place[2]) : null,
  });
}
