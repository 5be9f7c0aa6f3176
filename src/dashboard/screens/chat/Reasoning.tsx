import { Brain } from "lucide-react";

/** What the model thought aloud: there for who wants it, and out of the way. */
export function Reasoning({ text, isWritten }: { text: string; isWritten: boolean }) {
  return (
    <details className="border-line rounded-md border" open={isWritten}>
      <summary className="text-subtle flex cursor-pointer items-center gap-2 px-3 py-2">
        <Brain className="size-4" aria-hidden /> {isWritten ? "Thinking" : "What it thought"}
      </summary>
      <p className="text-subtle border-line max-h-80 overflow-y-auto border-t px-3 py-2 whitespace-pre-wrap">
        {text}
      </p>
    </details>
  );
}
