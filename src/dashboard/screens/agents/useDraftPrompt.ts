import { useQueries, type RequestForQueries } from "convex/react";
import { useEffect, useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { PromptView } from "../../../../convex/views/prompts";
import { useTenant } from "../../data/tenant";
import type { Changes } from "./form/settings";

const PAUSE_MS = 300;

/** Of the settings that nobody reads, the prompt says nothing: a new name asks nothing anew. */
const OTHERS = ["name", "slug", "description", "channels", "metadata"] as const;

/**
 * What the agent's model would read first if these changes were saved; undefined while it is asked for, an error where
 * they could not be.
 */
export function useDraftPrompt(
  agentId: Id<"agents">,
  changes: Changes,
): PromptView | Error | undefined {
  const { tenantId } = useTenant();
  const asked = useSettled(JSON.stringify(withoutOthers(changes)));
  const queries = useMemo<RequestForQueries>(() => {
    const args = { tenantId, agentId, changes: JSON.parse(asked) as Changes };
    return { prompt: { query: api.queries.agents.prompt, args } };
  }, [tenantId, agentId, asked]);
  const { prompt } = useQueries(queries);
  return prompt as PromptView | Error | undefined;
}

function withoutOthers(changes: Changes): Changes {
  const some = { ...changes };
  for (const field of OTHERS) delete some[field];
  return some;
}

/** The text, once it has stayed the same for a moment: not each letter is asked about. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
