import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleAlert, Hourglass } from "lucide-react";
import { useMemo, useRef } from "react";
import type { TraceView } from "../../../../convex/views/traces";
import { cn } from "../../ui/classes";
import { Money } from "../../ui/values";
import { durationText } from "./times";

type Step = TraceView["steps"][number];
type WaterfallProps = {
  trace: TraceView;
  openId: string | null;
  choose: (stepId: string) => void;
};

const ROW_PX = 36;
const HEIGHT_MAX_PX = 560;
const ROW =
  "grid grid-cols-[10rem_1fr_5rem] items-center gap-3 px-3 sm:grid-cols-[14rem_1fr_10rem]";
/** Shorter ones would not be seen. */
const WIDTH_MIN_PERCENT = 0.5;

/**
 * Steps as bars over the time of the run, under a row of the whole run that stays in sight. Only those in sight are
 * there: a run may have a thousand.
 */
export function Waterfall({ trace, openId, choose }: WaterfallProps) {
  const { steps } = trace;
  const rowCount = steps.length + 1;
  const frame = useRef<HTMLDivElement>(null);
  const span = useMemo(() => spanOf(trace), [trace]);
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  return (
    <div
      ref={frame}
      role="list"
      aria-label="Steps"
      tabIndex={0}
      className="border-line bg-surface overflow-y-auto rounded-lg border"
      style={{ maxHeight: HEIGHT_MAX_PX }}
    >
      <div
        role="listitem"
        aria-setsize={rowCount}
        aria-posinset={1}
        className={cn(ROW, "border-line bg-surface sticky top-0 z-10 border-b font-semibold")}
        style={{ height: ROW_PX }}
      >
        <Root trace={trace} />
      </div>
      <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const step = steps[index];
          return step === undefined ? null : (
            <div
              key={key}
              role="listitem"
              aria-setsize={rowCount}
              aria-posinset={index + 2}
              className="absolute inset-x-0"
              style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
            >
              <Row step={step} span={span} isOpen={step._id === openId} choose={choose} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The whole run: what all of its steps took and cost together. */
function Root({ trace: { run, totals } }: Pick<WaterfallProps, "trace">) {
  return (
    <>
      <span>The whole run</span>
      <span className="bar bg-line h-3 rounded-sm" />
      <span className="truncate text-right text-xs">
        <span className="hidden sm:inline">{durationText(totals.durationMs)} · </span>
        <Money usd={run.totalCostUsd} />
      </span>
    </>
  );
}

type Span = { fromMs: number; lengthMs: number };
type RowProps = { step: Step; span: Span; isOpen: boolean; choose: (stepId: string) => void };

function Row({ step, span, isOpen, choose }: RowProps) {
  const { _id, startedAt, durationMs, status, totalCostUsd, parentStepId } = step;
  const left = ((startedAt - span.fromMs) / span.lengthMs) * 100;
  const length = durationMs ?? Math.max(0, span.fromMs + span.lengthMs - startedAt);
  const width = Math.max(WIDTH_MIN_PERCENT, (length / span.lengthMs) * 100);
  const tone = status === "failed" ? "bg-bad" : status === "running" ? "bg-warn" : "bg-accent";
  return (
    <button
      type="button"
      aria-pressed={isOpen}
      onClick={() => choose(_id)}
      className={cn(ROW, "hover:bg-sunken h-full w-full text-left", isOpen && "bg-accent-soft")}
    >
      <span className={cn("flex items-center gap-1 pl-4", parentStepId !== undefined && "pl-8")}>
        <Mark status={status} />
        <span className="truncate">{nameOf(step)}</span>
      </span>
      <span className="relative h-3">
        <span
          className={cn("bar absolute inset-y-0 rounded-sm", tone)}
          style={{ left: `${Math.min(left, 100 - WIDTH_MIN_PERCENT)}%`, width: `${width}%` }}
        />
      </span>
      <span className="text-subtle truncate text-right text-xs">
        <span className="hidden sm:inline">{durationText(durationMs)} · </span>
        <Money usd={totalCostUsd} />
      </span>
    </button>
  );
}

/** What became of it, where that is not as it should be: not by the colour of its bar alone. */
function Mark({ status }: Pick<Step, "status">) {
  if (status === "failed")
    return <CircleAlert role="img" aria-label="Failed" className="text-bad size-4 shrink-0" />;
  if (status === "running")
    return <Hourglass role="img" aria-label="Running" className="text-warn size-4 shrink-0" />;
  return null;
}

function nameOf({ kind, toolCall, model }: Step): string {
  return toolCall === undefined ? `${kind.replaceAll("_", " ")}: ${model}` : toolCall.name;
}

/** From the first step's beginning to the last one's end; what goes on ends now. */
function spanOf({ steps }: TraceView): Span {
  const fromMs = Math.min(...steps.map(({ startedAt }) => startedAt));
  const toMs = Math.max(
    ...steps.map(({ startedAt, endedAt }) => endedAt ?? Math.max(startedAt, Date.now())),
  );
  return { fromMs, lengthMs: Math.max(1, toMs - fromMs) };
}
