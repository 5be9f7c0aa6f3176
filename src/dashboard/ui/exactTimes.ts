/** Whether moments are shown as they stand in a calendar, and not by how long ago they were. */
import { useSyncExternalStore } from "react";

const KEY = "exact-times";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const read = () => localStorage.getItem(KEY) !== null;

export function toggleExactTimes(): void {
  if (read()) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, "yes");
  for (const listener of listeners) listener();
}

export function useExactTimes(): boolean {
  return useSyncExternalStore(subscribe, read);
}
