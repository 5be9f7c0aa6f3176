import { useEffect, useRef } from "react";

/** Nearer to the end than this, one is at the end. */
const NEAR_PX = 80;

/** Keeps the end in sight while it grows, unless the reader has scrolled away from it. */
export function useStickToEnd() {
  const outer = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const [frame, content] = [outer.current, inner.current];
    if (frame === null || content === null) return;
    let isAtEnd = true;
    const look = () => {
      isAtEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX;
    };
    const follow = () => {
      if (isAtEnd) frame.scrollTop = frame.scrollHeight;
    };
    frame.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(follow);
    observer.observe(content);
    return () => {
      frame.removeEventListener("scroll", look);
      observer.disconnect();
    };
  });
  return { outer, inner };
}
