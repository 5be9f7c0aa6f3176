/** Running system queries. They are not logged: their callers look at the logs of the project's functions. */
import type { Transaction } from "../engine/types";
import { UserError } from "../engine/types";
import type { SystemQuery, SystemView } from "../system/types";
import { requireArgumentsObject } from "./access";
import type { QueryCall } from "./queryCache";
import type { FunctionReply } from "./types";

export type SystemQueryRunner = (
  query: SystemQuery,
  call: Pick<QueryCall, "componentPath" | "args">,
  tx: Transaction,
) => FunctionReply;

export function createSystemQueryRunner(
  view: (componentPath: string, tx: Transaction) => SystemView,
): SystemQueryRunner {
  return (query, { componentPath, args }, tx) => {
    requireArgumentsObject(args);
    try {
      const seen = view(componentPath, tx);
      requireComponent(seen);
      return { ok: true, value: query(seen, JSON.parse(args)), logLines: [] };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ok: false, error: { kind: "developer", message: error.message }, logLines: [] };
    }
  };
}

function requireComponent({ componentPath, catalog }: SystemView): void {
  if (componentPath === "" || catalog.componentPaths().includes(componentPath)) return;
  throw new UserError(`There is no component "${componentPath}".`, "ComponentNotFound");
}
