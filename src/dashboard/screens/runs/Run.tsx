/** One run: what it took, step by step, beside the time that it took. */
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { TraceView } from "../../../../convex/views/traces";
import { useAgentName } from "../../data/agents";
import { useTenant, useTenantQuery } from "../../data/tenant";
import { BudgetLink } from "../../shared/BudgetLink";
import { withLocalTimes } from "../../shared/instants";
import { Button } from "../../ui/Button";
import { RunState } from "../../ui/RunState";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Loading } from "../../ui/states";
import { Count, Money } from "../../ui/values";
import { RunApprovals } from "./RunApprovals";
import { StepDetail } from "./StepDetail";
import { durationText } from "./times";
import { Waterfall } from "./Waterfall";

export function Run() {
  const { runId } = useParams({ from: "/signed-in/$tenant/runs/$runId" });
  const trace = useTenantQuery(api.queries.runs.trace, { runId: runId as Id<"runs"> });
  const [openId, setOpenId] = useState<string | null>(null);
  if (trace === undefined) return <Loading lines={8} />;
  const open = trace.steps.find(({ _id }) => _id === openId);
  return (
    <>
      <Head trace={trace} />
      <RunApprovals runId={trace.run._id} />
      <Waterfall trace={trace} openId={openId} choose={setOpenId} />
      {open !== undefined && <StepDetail step={open} close={() => setOpenId(null)} />}
    </>
  );
}

function Head({ trace: { run, totals } }: { trace: TraceView }) {
  const { slug } = useTenant();
  const agentName = useAgentName();
  const { state, sessionId } = run;
  const actions = (
    <Button asChild>
      <Link to="/$tenant/chat/$sessionId" params={{ tenant: slug, sessionId }}>
        The conversation
      </Link>
    </Button>
  );
  const figures = [
    ["Cost", <Money key="cost" usd={run.totalCostUsd} />],
    ["Tokens", <Count key="tokens" of={run.totalTokens} />],
    ["Took", durationText(totals.durationMs)],
    ["Waited before", durationText(totals.waitedMs)],
    ["Calls of models", totals.modelCalls],
    ["Calls of tools", totals.toolCalls],
  ] as const;
  return (
    <>
      <ScreenHeader
        title={`Run of ${agentName(run.agentId)}`}
        hint={<RunState state={state} />}
        actions={actions}
      />
      {state.detail !== undefined && (
        <p className="bg-bad-soft text-bad mb-4 rounded-md px-3 py-2">
          {withLocalTimes(state.detail)} <BudgetLink run={run} />
        </p>
      )}
      <dl className="mb-4 flex flex-wrap gap-x-8 gap-y-2">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt className="text-subtle">{name}</dt>
            <dd className="font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
