/** Which budget is looked at, and whose binding one, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import { isId } from "../../data/ids";

export type BudgetsSearch = {
  /** The one that a refusal led to. */
  budget?: Id<"budget_policies"> | undefined;
  agent?: Id<"agents"> | undefined;
  user?: Id<"users"> | undefined;
  key?: Id<"api_keys"> | undefined;
  /** "provider/model"; the agent's own without it. */
  model?: string | undefined;
};

export function toBudgetsSearch(search: Record<string, unknown>): BudgetsSearch {
  const { budget, agent, user, key, model } = search;
  return {
    ...(isId<"budget_policies">(budget) && { budget }),
    ...(isId<"agents">(agent) && { agent }),
    ...(isId<"users">(user) && { user }),
    ...(isId<"api_keys">(key) && { key }),
    ...(typeof model === "string" && model !== "" && { model }),
  };
}
