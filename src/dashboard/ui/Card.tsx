import type { ReactNode } from "react";
import { Boundary } from "./Boundary";
import { cn } from "./classes";

type CardProps = { title?: string; action?: ReactNode; className?: string; children: ReactNode };

/** A part of a screen, under a heading of its own. */
export function Card({ title, action, className, children }: CardProps) {
  return (
    <section className={cn("border-line bg-surface rounded-lg border p-4", className)}>
      {title !== undefined && (
        <div className="mb-3 flex items-center justify-between gap-2">
          <h2 className="font-semibold">{title}</h2>
          {action}
        </div>
      )}
      <Boundary>{children}</Boundary>
    </section>
  );
}
