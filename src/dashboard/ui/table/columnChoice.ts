/** Which columns are shown of a table, as chosen in this browser. */
import type { ColumnVisibilityState } from "@tanstack/react-table";
import { useMemo, useSyncExternalStore } from "react";

const ALL: ColumnVisibilityState = {};
const listeners = new Set<() => void>();

const nameOf = (kind: string) => `columns ${kind}`;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** It may be of columns that are not there: those that another role sees, or that had another name. */
export function useColumnChoice(kind: string, columnIds: readonly string[]): ColumnVisibilityState {
  const stored = useSyncExternalStore(subscribe, () => localStorage.getItem(nameOf(kind)));
  return useMemo(() => {
    // Written by this file alone.
    const choice = stored === null ? ALL : (JSON.parse(stored) as ColumnVisibilityState);
    // Of those that are left all were hidden: a table without columns has no way back.
    return columnIds.every((id) => choice[id] === false) ? ALL : choice;
  }, [stored, columnIds]);
}

export function chooseColumns(kind: string, choice: ColumnVisibilityState): void {
  localStorage.setItem(nameOf(kind), JSON.stringify(choice));
  for (const listener of listeners) listener();
}
