import { useMemo } from "react";
import { cn } from "../../ui/classes";
import { diffTexts, type Line } from "./diffTexts";

const LOOKS = {
  same: { mark: " ", said: "", className: "" },
  removed: { mark: "-", said: "Removed: ", className: "bg-bad-soft text-bad" },
  added: { mark: "+", said: "Added: ", className: "bg-good-soft text-good" },
} as const;

/** Two texts, and what is different in them: by colour, by a sign, and by a word for who sees neither. */
export function TextDiff({ from, to }: { from: string; to: string }) {
  const rows = useMemo(() => diffTexts(from, to), [from, to]);
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="What changed"
      className="border-line max-h-96 overflow-auto rounded-md border font-mono text-xs"
    >
      {rows.map((row, index) =>
        row.kind === "skipped" ? (
          <p key={index} className="bg-sunken text-subtle px-2 py-1">
            {row.count === 1 ? "1 line" : `${row.count} lines`} as before
          </p>
        ) : (
          <Row key={index} line={row} />
        ),
      )}
    </div>
  );
}

function Row({ line: { kind, parts } }: { line: Line }) {
  const { mark, said, className } = LOOKS[kind];
  return (
    <p className={cn("flex gap-2 px-2 py-0.5 break-words whitespace-pre-wrap", className)}>
      <span aria-hidden className="select-none">
        {mark}
      </span>
      <span className="min-w-0">
        <span className="sr-only">{said}</span>
        {parts.map(({ text, isChanged }, index) =>
          isChanged ? (
            <mark key={index} className="bg-transparent font-bold text-inherit underline">
              {text}
            </mark>
          ) : (
            <span key={index}>{text}</span>
          ),
        )}
      </span>
    </p>
  );
}
