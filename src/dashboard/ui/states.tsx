/** What a screen shows while there is nothing to show: loading, empty, failed. */
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { messageOf } from "../data/failures";
import { Button } from "./Button";

/** Grey lines where text will be. */
export function Loading({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="space-y-2 py-2">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="bg-sunken h-5 animate-pulse rounded" />
      ))}
    </div>
  );
}

type EmptyProps = { title: string; children?: ReactNode; action?: ReactNode };

/** Says what would be here, and how it comes to be. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-6 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <p className="text-subtle max-w-md">{children}</p>}
      {action}
    </div>
  );
}

/** What went wrong, and a way on. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-4 py-10 text-center">
      <CircleAlert className="text-bad size-6" aria-hidden />
      <p className="max-w-md">{messageOf(error)}</p>
      <Button onClick={retry}>Try again</Button>
    </div>
  );
}
