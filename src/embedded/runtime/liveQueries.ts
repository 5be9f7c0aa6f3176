/**
 * Watched queries, kept at one and the same timestamp.
 *
 * A commit is only noted here; in the loop's next turn, after the callers of its mutations have had their
 * replies, the watches whose results it touched get new ones (each distinct query runs once) and then
 * listeners hear. Whoever reads in between brings everything up to date first, so no two watches ever show
 * different moments.
 */
import type { WriteFootprint } from "../engine/types";
import { Listeners } from "./listeners";
import {
  createQueryCache,
  newQueryCall,
  type CachedResult,
  type QueryCall,
  type QueryRun,
} from "./queryCache";
import { nextTurn } from "./turn";
import type { LiveQueries, QueryReply, Watch } from "./types";

type WatchedQuery = {
  call: QueryCall;
  reply: QueryReply;
  result: CachedResult<WatchedQuery>;
};

/** `LiveQueries` on calls that are already resolved, and its connection to the committer. */
export type LiveQueryEngine = Omit<LiveQueries, "watch"> & {
  watch(call: QueryCall): Watch;
  /** The reply at the newest commit; runs the query unless a stored result holds. */
  once(call: QueryCall): QueryReply;
  /** The same where a stored result holds, else null. */
  stored(call: QueryCall): QueryReply | null;
  /** Notes a commit. Null: anything may have changed, data or code. */
  committed(footprints: readonly WriteFootprint[] | null, tsMicros: number): void;
};

export function createLiveQueries(options: {
  run(call: QueryCall): QueryRun;
  nowMs(): number;
  lastTsMicros: number;
  /** Wraps a round of runs; the executor's watchdog. */
  guard<T>(run: () => T): T;
}): LiveQueryEngine {
  const cache = createQueryCache<WatchedQuery>(options);
  const listeners = new Listeners<number>();
  let committedTsMicros = options.lastTsMicros;
  /** What the watches show; behind `committedTsMicros` from a commit until the refresh. */
  let shownTsMicros = options.lastTsMicros;
  /** What commits have touched since the last refresh. */
  let noted: WriteFootprint[] = [];
  let everythingNoted = false;
  /** Watches that need a new reply. */
  const touched = new Set<WatchedQuery>();
  let advanceScheduled = false;

  function refresh(): void {
    shownTsMicros = committedTsMicros;
    if (noted.length === 0 && !everythingNoted && touched.size === 0) return;
    const footprints = everythingNoted ? null : noted;
    noted = [];
    everythingNoted = false;
    for (const watch of cache.dropTouched(footprints)) touched.add(watch);
    if (touched.size > 0) options.guard(() => touched.forEach(renew));
  }

  function renew(watch: WatchedQuery): void {
    // The old journal keeps a paginated query's page boundaries where its client knows them.
    if (watch.call.journal !== watch.reply.journal) {
      watch.call = newQueryCall({ ...watch.call, journal: watch.reply.journal });
    }
    watch.result = cache.obtain(watch.call);
    cache.keep(watch.result, watch);
    // The same again keeps the same object, here and for all others who share it: no one need be told.
    if (isSameReply(watch.reply, watch.result.reply)) watch.result.reply = watch.reply;
    else watch.reply = watch.result.reply;
    touched.delete(watch);
  }

  function atShownTime(reply: QueryReply): QueryReply {
    return reply.tsMicros === shownTsMicros ? reply : { ...reply, tsMicros: shownTsMicros };
  }

  function scheduleAdvance(): void {
    if (advanceScheduled) return;
    advanceScheduled = true;
    nextTurn(() => {
      advanceScheduled = false;
      refresh();
      listeners.tell(shownTsMicros);
    });
  }

  return {
    watch(call) {
      refresh();
      const result = cache.obtain(call);
      const watch: WatchedQuery = { call, reply: result.reply, result };
      cache.keep(result, watch);
      return {
        get reply() {
          return watch.reply;
        },
        close() {
          touched.delete(watch);
          cache.release(watch.result, watch);
        },
      };
    },
    once(call) {
      refresh();
      return atShownTime(cache.obtain(call).reply);
    },
    stored(call) {
      refresh();
      const result = cache.stored(call);
      return result && atShownTime(result.reply);
    },
    tsMicros: () => shownTsMicros,
    onAdvance: (listener) => listeners.add(listener),
    requestAdvance: scheduleAdvance,
    committed(footprints, tsMicros) {
      committedTsMicros = tsMicros;
      if (footprints === null) everythingNoted = true;
      else noted.push(...footprints);
      scheduleAdvance();
    },
  };
}

/** Equal value or error and equal log lines; when a line was logged does not matter. */
function isSameReply(a: QueryReply, b: QueryReply): boolean {
  if (a === b) return true;
  if (a.journal !== b.journal || a.logLines.length !== b.logLines.length) return false;
  if (a.ok !== b.ok) return false;
  if (a.ok && b.ok && a.value !== b.value) return false;
  if (!a.ok && !b.ok && (a.error.message !== b.error.message || a.error.data !== b.error.data)) {
    return false;
  }
  return a.logLines.every((line, index) => {
    const other = b.logLines[index];
    return (
      line.level === other?.level &&
      JSON.stringify(line.messages) === JSON.stringify(other.messages)
    );
  });
}
