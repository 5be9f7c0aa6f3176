import { useEffect, type ReactNode } from "react";

/** The page of somebody who is not in yet. */
export function Plate({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Agentik`;
  }, [title]);
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="border-line bg-surface w-full max-w-sm rounded-xl border p-6 shadow-sm">
        <img src="/icon.svg" alt="" className="mb-4 size-9" />
        <h1 className="mb-4 text-xl font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  );
}
