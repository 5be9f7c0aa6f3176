import { useNavigate } from "@tanstack/react-router";
import { Braces, Copy, Pencil, RotateCcw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Message } from "../../../client/react";
import { messageOf } from "../../data/failures";
import { useMay, useTenant, useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Count, Moment, Money } from "../../ui/values";
import { EditDialog } from "./EditDialog";

/** What can be done with a message, and what it came to. */
export function MessageActions({ message }: { message: Message }) {
  const [isEdited, setEdited] = useState(false);
  const again = useAgain(message);
  const maySend = useMay("messages:send");
  const isOwn = message.role === "user";
  const copy = () =>
    navigator.clipboard.writeText(message.content).then(
      () => toast.success("Copied"),
      () => toast.error("This browser does not allow it"),
    );
  return (
    <div className="text-subtle flex flex-wrap items-center gap-1 pt-1 text-xs">
      <Button tone="quiet" size="sm" aria-label="Copy" title="Copy" onClick={() => void copy()}>
        <Copy aria-hidden />
      </Button>
      {isOwn && maySend && (
        <>
          <Button
            tone="quiet"
            size="sm"
            aria-label="Ask again, in a branch"
            title="Ask again, in a branch"
            onClick={() => void again(message.content)}
          >
            <RotateCcw aria-hidden />
          </Button>
          <Button
            tone="quiet"
            size="sm"
            aria-label="Say it in other words, in a branch"
            title="Say it in other words, in a branch"
            onClick={() => setEdited(true)}
          >
            <Pencil aria-hidden />
          </Button>
        </>
      )}
      <Raw message={message} />
      {message.cost !== undefined && <Money usd={message.cost.amountUsd} />}
      {message.usage !== undefined && (
        <span>
          · <Count of={message.usage.totalTokens} /> tokens
        </span>
      )}
      {message.model !== undefined && <span>· {message.model}</span>}
      <span>
        · <Moment atMs={message.createdAt} />
      </span>
      {isEdited && (
        <EditDialog content={message.content} send={again} close={() => setEdited(false)} />
      )}
    </div>
  );
}

/** Says it again, the same or in other words, in a branch of the conversation; goes there. */
function useAgain({ _id: messageId }: Message): (content: string) => Promise<void> {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const edit = useTenantMutation(api.mutations.messages.edit);
  return async (content) => {
    try {
      const { sessionId } = await edit({ messageId, content, idempotencyKey: crypto.randomUUID() });
      await navigate({ to: "/$tenant/chat/$sessionId", params: { tenant: slug, sessionId } });
    } catch (error) {
      toast.error(messageOf(error));
    }
  };
}

/** All that is stored of a message. */
function Raw({ message }: { message: Message }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        tone="quiet"
        size="sm"
        aria-label="As it is stored"
        title="As it is stored"
        onClick={() => setOpen(true)}
      >
        <Braces aria-hidden />
      </Button>
      {isOpen && (
        <Dialog title="As it is stored" close={() => setOpen(false)}>
          <pre tabIndex={0} className="bg-sunken max-h-[70vh] overflow-auto rounded p-3 text-xs">
            {JSON.stringify(message, null, 2)}
          </pre>
        </Dialog>
      )}
    </>
  );
}
