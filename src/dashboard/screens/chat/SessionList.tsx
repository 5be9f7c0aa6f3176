import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SessionView } from "../../../../convex/views";
import { useAgentName } from "../../data/agents";
import { useMay, useTenant, useTenantPages, useTenantQuery } from "../../data/tenant";
import { useKept } from "../../data/kept";
import { Boundary } from "../../ui/Boundary";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { More } from "../../ui/More";
import { Empty, Loading } from "../../ui/states";
import { useSettled } from "../../ui/useSettled";
import { Moment, Money } from "../../ui/values";

const FOUND_MAX = 50;
/** The deployment takes no more. */
const WORDS_LENGTH_MAX = 200;
/** Between two letters of a word. */
const PAUSE_MS = 200;

export function SessionList() {
  const { slug } = useTenant();
  const maySend = useMay("messages:send");
  const [words, setWords] = useState("");
  const wanted = useSettled(words.trim(), PAUSE_MS);
  return (
    <div className="flex h-full flex-col">
      {/* On a phone it is the screen; beside a conversation that has the heading. */}
      <h1 className="sr-only lg:hidden">Chat</h1>
      <div className="border-line flex gap-2 border-b p-3">
        <input
          type="search"
          aria-label="Find a conversation by its title"
          placeholder="Find by title"
          maxLength={WORDS_LENGTH_MAX}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="border-control bg-surface h-9 min-w-0 grow rounded-md border px-3"
        />
        {maySend && (
          <Button asChild tone="primary">
            <Link to="/$tenant/chat/$sessionId" params={{ tenant: slug, sessionId: "new" }}>
              <Plus aria-hidden /> New
            </Link>
          </Button>
        )}
      </div>
      <nav aria-label="Conversations" className="min-h-0 grow overflow-y-auto p-2">
        <Boundary of={wanted}>{wanted === "" ? <Newest /> : <Found words={wanted} />}</Boundary>
      </nav>
    </div>
  );
}

function Newest() {
  const { results, status, loadMore } = useTenantPages(api.queries.sessions.list, {});
  if (status === "LoadingFirstPage") return <Loading lines={8} />;
  return (
    <>
      <Entries sessions={results} nothing="No conversations yet" />
      <More status={status} loadMore={loadMore} />
    </>
  );
}

function Found({ words }: { words: string }) {
  const found = useTenantQuery(api.queries.sessions.search, { query: words, limit: FOUND_MAX });
  // The former hits stay until the next are there.
  const sessions = useKept(found);
  if (sessions === undefined) return <Loading lines={4} />;
  return (
    <>
      <Entries sessions={sessions} nothing="No title has these words" />
      {sessions.length === FOUND_MAX && (
        <p className="text-subtle p-2">These are the first {FOUND_MAX}. More words find fewer.</p>
      )}
    </>
  );
}

function Entries({ sessions, nothing }: { sessions: readonly SessionView[]; nothing: string }) {
  const { slug } = useTenant();
  const agentName = useAgentName();
  if (sessions.length === 0) return <Empty title={nothing} />;
  return (
    <ul className="space-y-0.5">
      {sessions.map(({ _id, title, agentId, lastActivityAt, totalCostUsd, activeRunId }) => (
        <li key={_id}>
          <Link
            to="/$tenant/chat/$sessionId"
            params={{ tenant: slug, sessionId: _id }}
            className="hover:bg-sunken block rounded-md px-2 py-2"
            activeProps={{ className: "bg-accent-soft" }}
          >
            <span className="flex items-center gap-2">
              <span className="grow truncate font-medium">{title ?? agentName(agentId)}</span>
              {activeRunId !== undefined && <Badge tone="accent">Replying</Badge>}
            </span>
            <span className="text-subtle flex justify-between gap-2 text-xs">
              <Moment atMs={lastActivityAt} />
              <Money usd={totalCostUsd} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
