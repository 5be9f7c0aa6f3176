import type { LinkProps } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Bot, ListTree, MessageSquare, Receipt } from "lucide-react";
import type { ReactNode } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { FoundRow } from "../../../convex/views/administration";
import { useMay, useTenant, useTenantQuery } from "../data/tenant";
import { Moment } from "../ui/values";

type ResultsProps = { text: string; go: (to: LinkProps) => void };

const SHOWN = 6;
/** Longer texts than any title are pasted by mistake. */
const TEXT_LENGTH_MAX = 200;

/** What of the company is called so, or has that id. */
export function PaletteResults({ text, go }: ResultsProps) {
  if (text.length > TEXT_LENGTH_MAX) return null;
  return (
    <>
      <ById text={text} go={go} />
      <Agents text={text} go={go} />
      <Sessions text={text} go={go} />
    </>
  );
}

/** Ids are one word of letters and digits, and longer than most. */
const ID = /^[0-9a-z]{20,40}$/;

const KINDS = {
  session: { icon: MessageSquare, name: "Session" },
  run: { icon: ListTree, name: "Run" },
  agent: { icon: Bot, name: "Agent" },
  call: { icon: Receipt, name: "Call and its price" },
} as const;

function ById({ text, go }: ResultsProps) {
  const { slug: tenant } = useTenant();
  const found = useTenantQuery(api.queries.tenants.lookUp, ID.test(text) ? { id: text } : "skip");
  if (found === undefined || found === null) return null;
  const { icon: Icon, name } = KINDS[found.kind];
  return (
    <Group heading="By its id">
      <Item value={`id ${found.id}`} text={text} choose={() => go(addressOf(found, tenant))}>
        <Icon className="size-4" aria-hidden /> {name}: {found.name ?? "without a title"}
      </Item>
    </Group>
  );
}

function addressOf({ kind, id }: FoundRow, tenant: string): LinkProps {
  switch (kind) {
    case "session":
      return { to: "/$tenant/chat/$sessionId", params: { tenant, sessionId: id } };
    case "run":
      return { to: "/$tenant/runs/$runId", params: { tenant, runId: id } };
    case "agent":
      return { to: "/$tenant/agents/$agentId", params: { tenant, agentId: id } };
    case "call":
      return {
        to: "/$tenant/costs",
        params: { tenant },
        search: { call: id as Id<"cost_events"> },
      };
  }
}

function Agents({ text, go }: ResultsProps) {
  const { slug: tenant } = useTenant();
  const mayRead = useMay("agents:read");
  const asked = { query: text, limit: SHOWN };
  const agents = useTenantQuery(api.queries.agents.search, mayRead ? asked : "skip");
  if (agents === undefined || agents.length === 0) return null;
  return (
    <Group heading="Agents">
      {agents.map((agent) => (
        <Item
          key={agent._id}
          value={`agent ${agent._id}`}
          text={text}
          choose={() => go(addressOf({ kind: "agent", id: agent._id }, tenant))}
        >
          <Bot className="size-4" aria-hidden /> {agent.name}
        </Item>
      ))}
    </Group>
  );
}

function Sessions({ text, go }: ResultsProps) {
  const { slug: tenant } = useTenant();
  const mayRead = useMay("sessions:read");
  const asked = { query: text, limit: SHOWN };
  const sessions = useTenantQuery(api.queries.sessions.search, mayRead ? asked : "skip");
  if (sessions === undefined || sessions.length === 0) return null;
  return (
    <Group heading="Sessions">
      {sessions.map(({ _id: id, title = "Without a title", lastActivityAt }) => (
        <Item
          key={id}
          value={`session ${id}`}
          text={text}
          choose={() => go(addressOf({ kind: "session", id }, tenant))}
        >
          <MessageSquare className="size-4" aria-hidden />
          <span className="grow truncate">{title}</span>
          <span className="text-subtle text-xs">
            <Moment atMs={lastActivityAt} />
          </span>
        </Item>
      ))}
    </Group>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group heading={heading} className="text-subtle text-xs">
      {children}
    </Command.Group>
  );
}

type ItemProps = { value: string; text: string; choose: () => void; children: ReactNode };

/** @param text - What was typed: the deployment has found it by that. */
function Item({ value, text, choose, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      keywords={[text]}
      onSelect={choose}
      className="data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent text-ink flex cursor-pointer items-center gap-2 rounded px-2 py-2 text-sm"
    >
      {children}
    </Command.Item>
  );
}
