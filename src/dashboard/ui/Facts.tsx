import type { ReactNode } from "react";

type FactsProps = { facts: readonly (readonly [name: string, value: ReactNode])[] };

/** A few things that are so, side by side as far as there is room. */
export function Facts({ facts }: FactsProps) {
  return (
    <dl className="mb-4 flex flex-wrap gap-x-8 gap-y-2">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-subtle">{name}</dt>
          <dd className="font-semibold break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
