/** Times of creation: no two documents of a store get the same one, and later ones get later ones. */
import type { Store } from "../store/store";

const newest = new WeakMap<Store, number>();

/**
 * The clock's time in ms, or the next number after the last creation time where the clock has not moved
 * on since (it counts whole milliseconds, and it may go backwards).
 */
export function nextCreationTime(store: Store, nowMs: number): number {
  const last = newest.get(store) ?? store.lastTsMicros() / 1000;
  const creationTime = nowMs > last ? nowMs : nextNumber(last);
  newest.set(store, creationTime);
  return creationTime;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** The smallest double greater than a positive one. */
function nextNumber(number: number): number {
  float[0] = number;
  const low = ((words[0] ?? 0) + 1) >>> 0;
  words[0] = low;
  if (low === 0) words[1] = (words[1] ?? 0) + 1;
  return float[0];
}
