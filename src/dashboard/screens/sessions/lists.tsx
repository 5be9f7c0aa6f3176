import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SessionView } from "../../../../convex/views";
import { useTenantPages, useTenantQuery } from "../../data/tenant";
import { DataTable } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/states";
import type { SessionsSearch } from "./search";
import { useColumns } from "./useColumns";

const DAY_MS = 86_400_000;
const FOUND_MAX = 100;

/** Since when they are to have been active, as of when the screen was opened: what is shown does not go away. */
function useSinceMs({ days }: SessionsSearch): number | undefined {
  const [openedMs] = useState(() => Date.now());
  return days === undefined ? undefined : openedMs - days * DAY_MS;
}

/** The last active first. */
export function ListedSessions({ search }: { search: SessionsSearch }) {
  const { agent, user, channel, status: wanted } = search;
  const activeFromMs = useSinceMs(search);
  const { results, status, loadMore } = useTenantPages(api.queries.sessions.list, {
    ...(agent !== undefined && { agentId: agent }),
    ...(user !== undefined && { userId: user }),
    ...(channel !== undefined && { source: channel }),
    ...(wanted !== undefined && { status: wanted }),
    ...(activeFromMs !== undefined && { activeFromMs }),
  });
  const columns = useColumns();
  if (status === "LoadingFirstPage") return <Loading lines={8} />;
  if (results.length === 0) {
    return (
      <Empty title="There are no such sessions">
        A session begins in the chat, by the API, or where a channel brings a message.
      </Empty>
    );
  }
  return (
    <DataTable
      name="Sessions"
      columns={columns}
      rows={results}
      keyOf={({ _id }) => _id}
      pages={{ status, loadMore }}
    />
  );
}

type FoundProps = { search: SessionsSearch; words: string };

/** The best matches of the title, as far as they are meant. */
export function FoundSessions({ search, words }: FoundProps) {
  const { agent, status } = search;
  const sinceMs = useSinceMs(search);
  const found = useTenantQuery(api.queries.sessions.search, {
    query: words,
    limit: FOUND_MAX,
    ...(agent !== undefined && { agentId: agent }),
    ...(status !== undefined && { status }),
  });
  const columns = useColumns();
  const rows = useMemo(
    () => found?.filter((session) => isMeant(session, search, sinceMs)),
    [found, search, sinceMs],
  );
  if (rows === undefined) return <Loading lines={8} />;
  if (rows.length === 0) return <Empty title="No title has these words" />;
  const isAll = found !== undefined && found.length < FOUND_MAX;
  return (
    <DataTable
      name="Sessions"
      columns={columns}
      rows={rows}
      keyOf={({ _id }) => _id}
      cut={isAll ? undefined : `The best ${FOUND_MAX} matches.`}
    />
  );
}

/** What the search itself does not tell apart. */
function isMeant(
  { userId, source, lastActivityAt }: SessionView,
  { user, channel }: SessionsSearch,
  sinceMs = 0,
): boolean {
  return (
    (user === undefined || user === userId) &&
    (channel === undefined || channel === source) &&
    lastActivityAt >= sinceMs
  );
}
