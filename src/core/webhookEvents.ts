/**
 * What receivers are told of: the one list. Data has ids, states and exact costs as decimal strings; never what was
 * said in a conversation, and never a secret. What more is wanted can be read by the ids.
 *
 * `type` and the fields are wire format: they may be added, and never renamed.
 */

/** Every kind of event there is. */
export const WEBHOOK_EVENT_TYPES = [
  "run.completed",
  "run.failed",
  "run.cancelled",
  "run.awaiting_approval",
  "approval.decided",
  "budget.alert",
  "budget.exceeded",
  "budget.paused",
  "agent.created",
  "agent.updated",
  "agent.archived",
  "session.created",
  "key.created",
  "key.revoked",
  /** Sent to one endpoint when somebody asks for it, whatever its filters. */
  "webhook.test",
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

type RunEnded = {
  runId: string;
  agentId: string;
  sessionId: string;
  messageCount: number;
  totalTokens: number;
  totalCostUsd: string;
  endedAtMs: number;
};

type ApprovalFacts = {
  approvalId: string;
  runId: string;
  agentId: string;
  sessionId: string;
  toolName: string;
};

type BudgetFacts = { policyId: string; name: string; period: string };
/** Absent: not bounded. */
type BudgetLimit = { limitUsd?: string; limitTokens?: number };

export type WebhookEvent =
  | { type: "run.completed" | "run.cancelled"; data: RunEnded }
  | { type: "run.failed"; data: RunEnded & { reason: string } }
  | {
      type: "run.awaiting_approval";
      data: {
        runId: string;
        agentId: string;
        sessionId: string;
        approvals: { approvalId: string; toolName: string }[];
      };
    }
  | {
      type: "approval.decided";
      data: ApprovalFacts & { state: "approved" | "denied" | "expired"; decidedBy?: string };
    }
  | {
      type: "budget.alert";
      data: BudgetFacts & BudgetLimit & { percent: number; spentUsd: string; spentTokens: number };
    }
  | {
      /** Once per period, with the first call that did not fit. */
      type: "budget.exceeded";
      data: BudgetFacts & BudgetLimit & { agentId: string; resetsAtMs: number | null };
    }
  | {
      type: "budget.paused";
      data: BudgetFacts & { agentId: string; resumesAtMs: number | null };
    }
  | { type: "agent.created" | "agent.archived"; data: { agentId: string; version: number } }
  /** `changed`: the names of the settings, and not what they are. */
  | { type: "agent.updated"; data: { agentId: string; version: number; changed: string[] } }
  | { type: "session.created"; data: { sessionId: string; agentId: string } }
  | { type: "key.created"; data: { id: string; keyId: string; scopes: string[] } }
  | { type: "key.revoked"; data: { id: string; keyId: string } }
  | { type: "webhook.test"; data: { endpointId: string } };

const NOUNS: ReadonlySet<string> = new Set(
  WEBHOOK_EVENT_TYPES.map((type) => type.slice(0, type.indexOf("."))),
);

/** What may stand in an endpoint's list: a type, all of a noun ("run.*"), or everything ("*"). */
export function isEventFilter(text: string): boolean {
  if (text === "*") return true;
  if (text.endsWith(".*")) return NOUNS.has(text.slice(0, -".*".length));
  return WEBHOOK_EVENT_TYPES.some((type) => type === text);
}

/** Whether an endpoint with these filters is told of events of the type. */
export function covers(filters: readonly string[], type: WebhookEventType): boolean {
  const ofNoun = `${type.slice(0, type.indexOf("."))}.*`;
  return filters.some((filter) => filter === "*" || filter === type || filter === ofNoun);
}
