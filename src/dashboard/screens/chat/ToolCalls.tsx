import type { Message, Reply } from "../../../client/react";
import { Approval } from "../../shared/Approval";
import { usePendingOf } from "../../shared/usePending";
import { ToolCall } from "./ToolCall";

type ToolCallsProps = { message: Message; calls: Reply["toolCalls"] };

/** What a reply asked of tools. Those that wait for a person ask here, where one reads what for. */
export function ToolCalls({ message: { _id, runId }, calls }: ToolCallsProps) {
  const isUnanswered = calls.some(({ result }) => result === undefined);
  const pending = usePendingOf(isUnanswered ? runId : undefined);
  return calls.map((call) => {
    const asked = pending?.find(
      ({ messageId, toolCallId }) => messageId === _id && toolCallId === call.toolCallId,
    );
    return asked === undefined ? (
      <ToolCall key={call.toolCallId} call={call} />
    ) : (
      <Approval key={call.toolCallId} approval={asked} />
    );
  });
}
