import { useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;
/** How late a minute may be noticed. */
const LOOK_MS = MINUTE_MS / 4;

/** One timer for all that shows how long ago something was. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const told of listeners) told();
  }, LOOK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** What the present moment comes to, looked at anew within a quarter of a minute: who shows the same is left alone. */
export function useNow<T extends string | number>(look: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => look(Date.now()));
}

const presentMinute = (nowMs: number) => Math.floor(nowMs / MINUTE_MS);

/**
 * A moment in the present minute, for doors that tell "today" and "this month" from it: a query's answer is kept until
 * its rows change, and does not notice that a day has ended.
 */
export function useMinute(): number {
  return useNow(presentMinute) * MINUTE_MS;
}

const HALF_HOUR_MS = 30 * MINUTE_MS;

/** As `useMinute`, by the half hour: no tenant's day ends within one. */
export function useHalfHour(): number {
  return useNow((nowMs) => Math.floor(nowMs / HALF_HOUR_MS)) * HALF_HOUR_MS;
}
