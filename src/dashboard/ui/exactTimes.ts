/** Whether moments are shown as they stand in a calendar, and not by how long ago they were. */
import { useSyncExternalStore } from "react";

const KEY = "exact-times";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Each moment on a screen asks: not the browser's storage, then. */
let isExact: boolean | undefined;
const read = () => (isExact ??= localStorage.getItem(KEY) !== null);

export function toggleExactTimes(): void {
  isExact = !read();
  if (isExact) localStorage.setItem(KEY, "yes");
  else localStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export function useExactTimes(): boolean {
  return useSyncExternalStore(subscribe, read);
}
