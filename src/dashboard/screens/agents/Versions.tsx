import { useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../../../../convex/_generated/api";
import type { AgentView } from "../../../../convex/views";
import type { AgentVersionEntry } from "../../../../convex/views/agents";
import { useMemberName } from "../../data/members";
import { useTenantPages } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { More } from "../../ui/More";
import { Empty, Loading } from "../../ui/states";
import { Moment } from "../../ui/values";
import { VersionDetail } from "./VersionDetail";
import { settingName } from "./words";

/** What the agent was, the newest first; each can be looked into, and come back. */
export function Versions({ agent }: { agent: AgentView }) {
  const { _id: agentId, version: current } = agent;
  const { version: open } = useSearch({ from: "/signed-in/$tenant/agents/$agentId" });
  const navigate = useNavigate({ from: "/$tenant/agents/$agentId" });
  const memberName = useMemberName();
  const { results, status, loadMore } = useTenantPages(api.queries.agents.versions, { agentId });
  if (status === "LoadingFirstPage") return <Loading lines={5} />;
  if (results.length === 0) {
    return (
      <Empty title="Only what it is now">Each change leaves a version that can come back.</Empty>
    );
  }
  const toggle = (version: number) =>
    navigate({
      search: (all) => ({ ...all, version: version === open ? undefined : version }),
      replace: true,
    });
  return (
    <>
      <ol className="space-y-2">
        {results.map((entry) => (
          <li key={entry._id} className="border-line bg-surface rounded-lg border">
            <button
              type="button"
              aria-expanded={entry.version === open}
              className="hover:bg-sunken w-full rounded-lg px-4 py-3 text-left"
              onClick={() => void toggle(entry.version)}
            >
              <Summary
                entry={entry}
                isCurrent={entry.version === current}
                author={memberName(entry.createdBy)}
              />
            </button>
            {entry.version === open && (
              <VersionDetail key={open} agentId={agentId} version={open} current={current} />
            )}
          </li>
        ))}
      </ol>
      <div className="mt-2">
        <More status={status} loadMore={loadMore} />
      </div>
    </>
  );
}

type SummaryProps = { entry: AgentVersionEntry; isCurrent: boolean; author: string };

function Summary({ entry, isCurrent, author }: SummaryProps) {
  const { version, changedFields, restoredFrom, createdAt } = entry;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="font-semibold">Version {version}</span>
      {isCurrent && <Badge tone="good">now</Badge>}
      {restoredFrom !== undefined && <Badge>as version {restoredFrom}</Badge>}
      <span className="text-subtle min-w-0 grow truncate">
        {version === 1 ? "the first" : changedFields.map(settingName).join(", ")}
      </span>
      <span className="text-subtle">
        {author}, <Moment atMs={createdAt} />
      </span>
    </span>
  );
}
