import { Wrench } from "lucide-react";
import type { Reply } from "../../../client/react";
import { Badge } from "../../ui/Badge";

type Call = Reply["toolCalls"][number];

/** What the agent asked a tool, and what came of it. */
export function ToolCall({ call }: { call: Call }) {
  const { name, argumentsJson, result } = call;
  return (
    <details className="border-line rounded-md border">
      <summary className="flex cursor-pointer items-center gap-2 px-3 py-2">
        <Wrench className="text-subtle size-4" aria-hidden />
        <code className="grow truncate font-mono text-xs">{name}</code>
        {result === undefined && <Badge tone="accent">Under way</Badge>}
        {result?.isError === true && <Badge tone="bad">Failed</Badge>}
        {result?.isError === false && <Badge tone="good">Done</Badge>}
      </summary>
      <dl className="border-line space-y-2 border-t p-3">
        <Part name="Asked" text={pretty(argumentsJson)} />
        {result !== undefined && <Part name="Answered" text={pretty(result.text)} />}
      </dl>
    </details>
  );
}

function Part({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt className="text-subtle text-xs">{name}</dt>
      <dd>
        <pre
          className="bg-sunken max-h-80 overflow-auto rounded p-2 text-xs whitespace-pre-wrap"
          tabIndex={0}
        >
          {text}
        </pre>
      </dd>
    </div>
  );
}

/** JSON with a line for each field; other texts as they are. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
