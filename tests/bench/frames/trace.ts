/** What Chromium's trace says of a page's main thread. */
import { z } from "zod";

const Event = z.looseObject({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number().optional(),
  dur: z.number().optional(),
  /** Without the time in which others had the processor. */
  tdur: z.number().optional(),
  args: z.looseObject({ name: z.unknown() }).partial().optional(),
});
type Event = z.infer<typeof Event>;

export const CATEGORIES = [
  "-*",
  "__metadata",
  "devtools.timeline",
  "disabled-by-default-devtools.timeline",
  "disabled-by-default-devtools.timeline.frame",
];

export type MainThread = {
  /** The processor's time for all of its work. */
  cpuMs: number;
  /** What each frame took: its own work, and all that was done since the frame before it. */
  framesMs: number[];
  /** The same in the processor's time. */
  framesCpuMs: number[];
};

export function mainThreadOf(trace: Buffer): MainThread {
  const { traceEvents } = z
    .object({ traceEvents: z.array(Event) })
    .parse(JSON.parse(trace.toString("utf8")));
  const thread = busiestMain(traceEvents);
  const own = traceEvents.filter(({ pid, tid }) => pid === thread.pid && tid === thread.tid);
  const tasks = own.filter(isTask).toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
  const shown = own
    .filter(({ name }) => name === "Commit")
    .map(({ ts = 0 }) => ts)
    .toSorted((a, b) => a - b);
  const framesMs: number[] = [];
  const framesCpuMs: number[] = [];
  let next = 0;
  for (const at of shown) {
    const first = next;
    // The task that commits belongs to its frame.
    while ((tasks[next]?.ts ?? Infinity) <= at) next++;
    const frame = tasks.slice(first, next);
    framesMs.push(millis(frame, "dur"));
    framesCpuMs.push(millis(frame, "tdur"));
  }
  return { cpuMs: millis(tasks, "tdur"), framesMs, framesCpuMs };
}

function millis(tasks: readonly Event[], field: "dur" | "tdur"): number {
  return tasks.reduce((sum, { [field]: micros = 0 }) => sum + micros, 0) / 1_000;
}

const isTask = ({ name, ph }: Event) => name === "RunTask" && ph === "X";

/** Of several renderers, the one that shows the page. */
function busiestMain(events: readonly Event[]): { pid: number; tid: number } {
  const mains = events.filter(
    ({ name, args }) => name === "thread_name" && args?.["name"] === "CrRendererMain",
  );
  const busy = ({ pid, tid }: Event) =>
    events
      .filter((event) => isTask(event) && event.pid === pid && event.tid === tid)
      .reduce((sum, { dur = 0 }) => sum + dur, 0);
  const [busiest] = mains.toSorted((a, b) => busy(b) - busy(a));
  if (busiest === undefined) throw new Error("the trace has no page");
  return busiest;
}
