import { ChevronRight } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";

type SectionProps = {
  title: string;
  /** What is chosen in it, for whoever does not open it. */
  hint?: ReactNode;
  /** Something in it needs to be looked at. */
  hasError?: boolean;
  isOpen?: boolean;
  children: ReactNode;
};

/** A part of a long form, folded until somebody wants it; what was refused in it opens it. */
export function Section({ title, hint, hasError = false, isOpen = false, children }: SectionProps) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (hasError && details.current !== null) details.current.open = true;
  }, [hasError]);
  return (
    <details
      ref={details}
      open={isOpen || undefined}
      className="group/section border-line bg-surface rounded-lg border"
    >
      <summary className="flex cursor-pointer items-center gap-2 px-4 py-3">
        <ChevronRight
          className="text-subtle size-4 shrink-0 transition-transform group-open/section:rotate-90"
          aria-hidden
        />
        <h2 className="font-semibold">{title}</h2>
        <span className="text-subtle min-w-0 grow truncate text-right text-xs">{hint}</span>
      </summary>
      <div className="border-line space-y-4 border-t p-4">{children}</div>
    </details>
  );
}
