import { api } from "../../../../convex/_generated/api";
import type { Message } from "../../../client/react";
import { useTenantQuery } from "../../data/tenant";
import { BudgetLink } from "../../shared/BudgetLink";
import { withLocalTimes } from "../../shared/instants";

type InterruptedProps = { message: Message; error: string | undefined };

/** Why a reply ended before it was done; where a budget refused it, with the way there. */
export function Interrupted({ message: { runId }, error }: InterruptedProps) {
  const run = useTenantQuery(api.queries.runs.get, runId === undefined ? "skip" : { runId });
  return (
    <p className="bg-warn-soft text-warn w-fit rounded-md px-3 py-2">
      {withLocalTimes(error ?? "It ended before it was done.")}{" "}
      {run !== undefined && <BudgetLink run={run} />}
    </p>
  );
}
