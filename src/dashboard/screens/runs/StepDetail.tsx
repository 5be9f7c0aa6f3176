import type { TraceView } from "../../../../convex/views/traces";
import { Badge } from "../../ui/Badge";
import { Dialog } from "../../ui/Dialog";
import { Count, Moment, Money } from "../../ui/values";
import { durationText } from "./times";

type Step = TraceView["steps"][number];

/** A step with each request that was made for it. */
export function StepDetail({ step, close }: { step: Step; close: () => void }) {
  const { kind, toolCall, provider, model, status, durationMs, finishReason, attempts } = step;
  return (
    <Dialog title={toolCall?.name ?? kind.replaceAll("_", " ")} close={close}>
      <p className="mb-3">
        <Badge>{status}</Badge> {provider}/{model}, {durationText(durationMs)},{" "}
        <Money usd={step.totalCostUsd} />, <Count of={step.totalTokens} /> tokens
        {finishReason !== undefined && `, ended by ${finishReason}`}
      </p>
      {step.warnings?.map((warning) => (
        <p key={warning} className="text-warn mb-2">
          {warning}
        </p>
      ))}
      <ol className="space-y-3">
        {attempts.map((attempt) => (
          <Attempt key={attempt.attemptId} attempt={attempt} />
        ))}
      </ol>
    </Dialog>
  );
}

function Attempt({ attempt }: { attempt: Step["attempts"][number] }) {
  const { provider, model, kind, status, startedAt, firstChunkAt, endedAt, error } = attempt;
  const firstMs = firstChunkAt === undefined ? undefined : firstChunkAt - startedAt;
  const wholeMs = endedAt === undefined ? undefined : endedAt - startedAt;
  return (
    <li className="border-line rounded-md border p-3">
      <p>
        {provider}/{model} ({kind}){" "}
        <Badge tone={error === undefined ? "good" : "bad"}>{status}</Badge>
      </p>
      <p className="text-subtle">
        <Moment atMs={startedAt} />
        {firstMs !== undefined && `, first word after ${durationText(firstMs)}`},{" "}
        {durationText(wholeMs)} in all
      </p>
      {error !== undefined && (
        <pre
          tabIndex={0}
          className="bg-bad-soft text-bad mt-2 overflow-x-auto rounded p-2 text-xs whitespace-pre-wrap"
        >
          {JSON.stringify(error, null, 2)}
        </pre>
      )}
    </li>
  );
}
