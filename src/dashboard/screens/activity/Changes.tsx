import type { ActivityView } from "../../../../convex/views";

/** What a change changed: folded, for some are long. */
export function Changes({ changes }: Pick<ActivityView, "changes">) {
  if (changes.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer">{changes.map(({ field }) => field).join(", ")}</summary>
      <dl className="mt-1 space-y-1">
        {changes.map(({ field, from, to }) => (
          <div key={field}>
            <dt className="text-subtle text-xs">{field}</dt>
            <dd className="font-mono text-xs break-all">
              {from !== undefined && <del className="text-bad">{from}</del>}{" "}
              {to !== undefined && <ins className="text-good no-underline">{to}</ins>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
