import type { AgentView } from "../../../../convex/views";
import { Badge, type Tone } from "../../ui/Badge";

const TONES: Readonly<Record<AgentView["status"], Tone>> = {
  active: "good",
  paused: "warn",
  archived: "neutral",
};

export function AgentStatus({ status }: Pick<AgentView, "status">) {
  return <Badge tone={TONES[status]}>{status}</Badge>;
}
