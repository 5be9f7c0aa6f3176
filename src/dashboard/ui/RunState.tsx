import type { RunView } from "../../../convex/views";
import { Badge, type Tone } from "./Badge";

type Kind = RunView["state"]["kind"];

const LOOK: Readonly<Record<Kind, { tone: Tone; text: string }>> = {
  queued: { tone: "neutral", text: "Queued" },
  leased: { tone: "accent", text: "Running" },
  calling: { tone: "accent", text: "Replying" },
  tools: { tone: "accent", text: "Using tools" },
  awaiting_approval: { tone: "warn", text: "Needs approval" },
  completed: { tone: "good", text: "Done" },
  failed: { tone: "bad", text: "Failed" },
  cancelled: { tone: "neutral", text: "Stopped" },
};

export function RunState({ state }: { state: RunView["state"] }) {
  const { tone, text } = LOOK[state.kind];
  return (
    <Badge tone={tone}>
      {state.cancelRequested && state.endedAt === undefined ? "Stopping" : text}
    </Badge>
  );
}
