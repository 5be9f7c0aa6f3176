import { use } from "react";
import { api } from "../../../../convex/_generated/api";
import { AgentNamesContext } from "../../data/agents";
import { useMay, useTenantQuery } from "../../data/tenant";

export type Subject = { key: string; name: string };

/** More are not offered: whoever has as many names them by the API. */
const OFFERED_MAX = 100;
const FIRST = { paginationOpts: { cursor: null, numItems: OFFERED_MAX } };

/** Whose spending may be looked at and bounded, by their names. Keys are for those only who may see them. */
export function useSubjects(): Readonly<Record<"agent" | "user" | "key", readonly Subject[]>> {
  const mayReadKeys = useMay("keys:read");
  const { all: agents } = use(AgentNamesContext);
  const members = useTenantQuery(api.queries.memberships.list, FIRST);
  const keys = useTenantQuery(api.queries.keys.list, mayReadKeys ? FIRST : "skip");
  const active = keys?.page.filter(({ status }) => status === "active");
  return {
    agent: agents
      .filter(({ status }) => status !== "archived")
      .map(({ _id: key, name }) => ({ key, name })),
    user: (members?.page ?? []).map(({ userId: key, name }) => ({ key, name })),
    key: (active ?? []).map(({ _id: key, name, keyId }) => ({ key, name: `${name} (${keyId})` })),
  };
}
