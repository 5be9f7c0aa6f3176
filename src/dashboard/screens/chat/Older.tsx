import { useEffect, useRef } from "react";

const OLDER = 30;

/** Stands before the oldest message that is there, and loads those before it when it comes into sight. */
export function Older({ load }: { load: (count: number) => void }) {
  const mark = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (mark.current === null) return;
    // A busy page is told of several changes at once.
    const observer = new IntersectionObserver((entries) => {
      if (entries.at(-1)?.isIntersecting === true) load(OLDER);
    });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [load]);
  return (
    <p ref={mark} className="text-subtle text-center">
      Loading what was said before…
    </p>
  );
}
