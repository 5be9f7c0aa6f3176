import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** Nearer to the end than this, one is at the end. */
const NEAR_PX = 80;

/**
 * Keeps the end in sight while it grows, unless the reader has scrolled away from it; then what they read stays where
 * it is, whatever comes before or after it.
 *
 * @param first - What stands first: when it is another one, older ones came before it.
 */
export function useStickToEnd(first: string | undefined) {
  const [outer, setOuter] = useState<HTMLDivElement | null>(null);
  const [inner, setInner] = useState<HTMLDivElement | null>(null);
  const at = useRef({ isEnd: true, fromEndPx: 0 });

  useEffect(() => {
    if (outer === null || inner === null) return;
    const look = () => {
      const fromEndPx = outer.scrollHeight - outer.scrollTop;
      at.current = { isEnd: fromEndPx - outer.clientHeight < NEAR_PX, fromEndPx };
    };
    const follow = () => {
      if (at.current.isEnd) outer.scrollTop = outer.scrollHeight;
      look();
    };
    outer.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(follow);
    observer.observe(inner);
    observer.observe(outer);
    return () => {
      outer.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [outer, inner]);

  // Before it is painted. Browsers do it themselves, but not at the very top, and not all of them.
  useLayoutEffect(() => {
    if (outer !== null && !at.current.isEnd)
      outer.scrollTop = outer.scrollHeight - at.current.fromEndPx;
  }, [outer, first]);
  return { outer: setOuter, inner: setInner };
}
