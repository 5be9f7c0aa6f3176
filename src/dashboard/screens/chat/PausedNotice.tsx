import { Link } from "@tanstack/react-router";
import { PauseCircle } from "lucide-react";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useAgent } from "../../data/agents";
import { useMay, useTenant } from "../../data/tenant";

/** Says that the agent takes no messages now; a budget may have paused it. */
export function PausedNotice({ agentId }: { agentId: Id<"agents"> }) {
  const { slug } = useTenant();
  const agent = useAgent(agentId);
  const mayReadBudgets = useMay("budgets:read");
  if (agent?.status !== "paused") return null;
  return (
    <p className="bg-warn-soft text-warn mx-auto mb-2 flex max-w-3xl items-center gap-2 rounded-md px-3 py-2">
      <PauseCircle className="size-4 shrink-0" aria-hidden />
      <span>
        {agent.name} is paused and takes no messages now.{" "}
        {mayReadBudgets && (
          <Link
            to="/$tenant/budgets"
            params={{ tenant: slug }}
            search={{ agent: agentId }}
            className="font-medium underline"
          >
            See what bounds it
          </Link>
        )}
      </span>
    </p>
  );
}
