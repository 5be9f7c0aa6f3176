import type { ReactNode } from "react";
import { useTitle } from "./useTitle";

type ScreenHeaderProps = { title: string; hint?: ReactNode; actions?: ReactNode };

/** The heading of a screen, which is also the name of its tab. */
export function ScreenHeader({ title, hint, actions }: ScreenHeaderProps) {
  const heading = useTitle(title);
  return (
    <div className="mb-4 flex flex-wrap items-start justify-between gap-2">
      <div>
        <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold">
          {title}
        </h1>
        {hint !== undefined && <p className="text-subtle">{hint}</p>}
      </div>
      {actions}
    </div>
  );
}
