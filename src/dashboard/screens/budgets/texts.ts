/** Words for what budgets are about. */
import type { BudgetView } from "../../../../convex/views/budgets";
import { useAgentName } from "../../data/agents";
import { useMemberName } from "../../data/members";
import { PROVIDER_NAMES, type Provider } from "../../data/providers";
import type { Id } from "../../../../convex/_generated/dataModel";

export function actionText({
  action,
  degradeTo,
}: Pick<BudgetView, "action" | "degradeTo">): string {
  switch (action) {
    case "warn":
      return "only says so";
    case "degrade":
      return `goes to ${degradeTo === undefined ? "a cheaper model" : `${degradeTo.provider}/${degradeTo.model}`}`;
    case "block":
      return "refuses what does not fit";
    case "pause":
      return "refuses, and pauses the agent";
  }
}

export function windowText(window: BudgetView["window"]): string {
  if (window === "total") return "for all of time";
  return window === "message" ? "for a message" : `each ${window}`;
}

export const KEPT_BY: Readonly<Record<Exclude<BudgetView["source"], "manual">, string>> = {
  plan: "Kept by the plan: only the operators of this deployment change it.",
  tenant: "Kept by the company's settings: change it there.",
  agent: "Kept by the agent's settings: change it there.",
  agent_message: "Kept by the agent's settings: change it there.",
};

/** Whose spending a budget bounds. */
export function useSubjectName(): (budget: Pick<BudgetView, "dimension" | "key">) => string {
  const agentName = useAgentName();
  const memberName = useMemberName();
  return ({ dimension, key }) => {
    switch (dimension) {
      case "tenant":
        return "The whole company";
      case "agent":
        return agentName(key as Id<"agents">);
      case "user":
        return memberName(key as Id<"users">);
      case "provider":
        return PROVIDER_NAMES[key as Provider];
      case "model":
        return key;
      case "key":
        return "An API key";
    }
  };
}
