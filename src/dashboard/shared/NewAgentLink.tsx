import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMay, useTenant } from "../data/tenant";
import { Button } from "../ui/Button";

/** The way to an agent, wherever one is needed; nothing for those who make none. */
export function NewAgentLink() {
  const { slug } = useTenant();
  if (!useMay("agents:write")) return null;
  return (
    <Button asChild tone="primary">
      <Link to="/$tenant/agents/$agentId" params={{ tenant: slug, agentId: "new" }}>
        <Plus aria-hidden /> New agent
      </Link>
    </Button>
  );
}
