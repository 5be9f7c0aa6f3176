import { ShieldQuestion } from "lucide-react";
import { useState, type ReactNode } from "react";
import { api } from "../../../convex/_generated/api";
import type { ApprovalView } from "../../../convex/views/approvals";
import { isAtLeast } from "../../core/permissions";
import { useAgentName } from "../data/agents";
import { useMay, useTenant, useTenantMutation } from "../data/tenant";
import { Button } from "../ui/Button";
import { useAct } from "../ui/useAct";
import { Moment } from "../ui/values";
import { Arguments } from "./Arguments";
import { Deny } from "./Deny";

type ApprovalProps = { approval: ApprovalView; actions?: ReactNode };

/** A call of a tool that waits for a person: what it would do, who may say, and their two answers. */
export function Approval({ approval, actions }: ApprovalProps) {
  const { _id, agentId, toolName, argumentsJson, role, createdAt, expiresAt } = approval;
  const agentName = useAgentName();
  return (
    <section
      aria-label={`Approval of ${toolName}`}
      className="border-warn space-y-2 rounded-md border p-3"
    >
      <p className="flex flex-wrap items-center gap-x-2">
        <ShieldQuestion className="text-warn size-4 shrink-0" aria-hidden />
        <span>
          {agentName(agentId)} wants to use <code className="font-mono">{toolName}</code>
        </span>
        <span className="text-subtle text-xs">
          asked <Moment atMs={createdAt} />
          {expiresAt !== undefined && (
            <>
              , lapses <Moment atMs={expiresAt} />
            </>
          )}
        </span>
      </p>
      <Arguments json={argumentsJson} />
      <div className="flex flex-wrap items-center gap-2">
        {useMayDecide(role) ? (
          <Answers approvalId={_id} toolName={toolName} />
        ) : (
          <p className="text-subtle">It takes the role of {whoMay(role)} to decide this.</p>
        )}
        {actions}
      </div>
    </section>
  );
}

/** As the deployment has it: the permission, and the role that the agent asks for. */
function useMayDecide(least: ApprovalView["role"]): boolean {
  const { role } = useTenant();
  return useMay("runs:approve") && isAtLeast(role, least);
}

function whoMay(least: ApprovalView["role"]): string {
  return least === "owner" ? "owner" : `${least} or a higher one`;
}

type AnswersProps = { approvalId: ApprovalView["_id"]; toolName: string };

function Answers({ approvalId, toolName }: AnswersProps) {
  const decide = useTenantMutation(api.mutations.approvals.decide);
  const act = useAct();
  const [isBusy, setBusy] = useState(false);
  const [isDenying, setDenying] = useState(false);
  const approve = async () => {
    setBusy(true);
    await act(() => decide({ approvalId, decision: "approve" }));
    setBusy(false);
    leaveFocus();
  };
  const deny = async (comment: string) => {
    await act(() => decide({ approvalId, decision: "deny", ...(comment !== "" && { comment }) }));
    leaveFocus();
  };
  return (
    <>
      <Button size="sm" tone="primary" disabled={isBusy} onClick={() => void approve()}>
        Approve
      </Button>
      <Button size="sm" tone="danger" disabled={isBusy} onClick={() => setDenying(true)}>
        Deny
      </Button>
      {isDenying && <Deny toolName={toolName} deny={deny} close={() => setDenying(false)} />}
    </>
  );
}

/** The buttons are gone with the question: the keyboard goes on from the screen, not from the top of the page. */
function leaveFocus(): void {
  document.getElementById("screen")?.focus({ preventScroll: true });
}
