import { useEffect, useRef } from "react";

/**
 * What was there last, while the next is on its way: what is read, and what is open in it, does not go away.
 *
 * @param of - What it is the answer to. That of another question is not kept.
 */
export function useKept<Value>(next: Value | undefined, of = ""): Value | undefined {
  const kept = useRef<{ of: string; value: Value } | null>(null);
  useEffect(() => {
    if (next !== undefined) kept.current = { of, value: next };
  }, [next, of]);
  return next ?? (kept.current?.of === of ? kept.current.value : undefined);
}
