import { memo } from "react";
import { type Message as MessageRow, useReply } from "../../../client/react";
import { useTenant } from "../../data/tenant";
import { Attachments } from "./Attachments";
import { Interrupted } from "./Interrupted";
import { MessageActions } from "./MessageActions";
import { Prose } from "./Prose";
import { Reasoning } from "./Reasoning";
import { ToolCalls } from "./ToolCalls";

type MessageProps = { message: MessageRow; speaker: string };

/** One message. A piece that arrives renders the one that it belongs to. */
export const Message = memo(function Message({ message, speaker }: MessageProps) {
  return (
    <article aria-label={message.role === "user" ? "You" : speaker}>
      {message.role === "user" ? <Said message={message} /> : <Reply message={message} />}
    </article>
  );
});

function Said({ message }: { message: MessageRow }) {
  return (
    <div className="group ml-auto w-fit max-w-[85%]">
      <div className="bg-accent-soft rounded-xl px-3 py-2 break-words whitespace-pre-wrap">
        {message.content}
        <Attachments message={message} />
      </div>
      <MessageActions message={message} />
    </div>
  );
}

function Reply({ message }: { message: MessageRow }) {
  const { tenantId } = useTenant();
  const { text, reasoning, toolCalls, status, error, isLoading } = useReply(message, { tenantId });
  const isWritten = status === "streaming";
  return (
    <div className="group space-y-2">
      {reasoning !== "" && <Reasoning text={reasoning} isWritten={isWritten && text === ""} />}
      {text !== "" && <Prose text={text} isWritten={isWritten} />}
      {isWritten && text === "" && (
        <p className="text-subtle animate-pulse">{isLoading ? "…" : "Thinking…"}</p>
      )}
      <ToolCalls message={message} calls={toolCalls} />
      {status === "interrupted" && <Interrupted message={message} error={error} />}
      {!isWritten && <MessageActions message={message} />}
    </div>
  );
}
