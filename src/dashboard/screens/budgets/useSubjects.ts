import { api } from "../../../../convex/_generated/api";
import { useLivingAgents } from "../../data/agents";
import { useMembers } from "../../data/members";
import { useEveryRow, useMay } from "../../data/tenant";

export type Subject = { key: string; name: string };

/** Whose spending may be looked at and bounded, by their names. Keys are for those only who may see them. */
export function useSubjects(): Readonly<Record<"agent" | "user" | "key", readonly Subject[]>> {
  const mayReadKeys = useMay("keys:read");
  const agents = useLivingAgents() ?? [];
  const { all: members } = useMembers();
  const { all: keys } = useEveryRow(api.queries.keys.list, mayReadKeys ? {} : "skip");
  return {
    agent: agents.map(({ _id: key, name }) => ({ key, name })),
    user: members.map(({ userId: key, name }) => ({ key, name })),
    key: keys
      .filter(({ status }) => status === "active")
      .map(({ _id: key, name, keyId }) => ({ key, name: `${name} (${keyId})` })),
  };
}
