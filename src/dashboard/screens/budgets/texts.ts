/** Words for what budgets are about. */
import type { BudgetView } from "../../../../convex/views/budgets";
import { useAgentName } from "../../data/agents";
import type { Id } from "../../../../convex/_generated/dataModel";

export const ACTION_TEXTS: Readonly<Record<BudgetView["action"], string>> = {
  warn: "only says so",
  degrade: "goes to a cheaper model",
  block: "refuses what does not fit",
  pause: "refuses, and pauses the agent",
};

export const KEPT_BY: Readonly<Record<Exclude<BudgetView["source"], "manual">, string>> = {
  plan: "Kept by the plan: only the operators of this deployment change it.",
  tenant: "Kept by the company's settings: change it there.",
  agent: "Kept by the agent's settings: change it there.",
  agent_message: "Kept by the agent's settings: change it there.",
};

/** Whose spending a budget bounds. */
export function useSubjectName(): (budget: Pick<BudgetView, "dimension" | "key">) => string {
  const agentName = useAgentName();
  return ({ dimension, key }) => {
    if (dimension === "tenant") return "The whole company";
    if (dimension === "agent") return agentName(key as Id<"agents">);
    return `${dimension} ${key}`;
  };
}
