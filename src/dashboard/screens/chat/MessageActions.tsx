import { useNavigate } from "@tanstack/react-router";
import { Braces, Copy, Pencil, RotateCcw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Message } from "../../../client/react";
import { useMay, useTenant, useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { useAct } from "../../ui/useAct";
import { useIsShown } from "../../ui/useIsShown";
import { Count, Moment, Money } from "../../ui/values";
import { againOf, EditDialog, type Again } from "./EditDialog";
import { isSent } from "./said";

/** What can be done with a message, and what it came to. */
export function MessageActions({ message }: { message: Message }) {
  const [isEdited, setEdited] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const again = useAgain(message);
  const act = useAct();
  const maySend = useMay("messages:send");
  const isOwn = message.role === "user";
  if (!isSent(message)) return <p className="text-subtle h-8 pt-2 text-xs">Sending…</p>;
  const askAgain = async () => {
    setBusy(true);
    await act(() => again(againOf(message.content)));
    setBusy(false);
  };
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
            aria-disabled={isBusy}
            onClick={isBusy ? undefined : () => void askAgain()}
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
function useAgain({ _id: messageId }: Message): (again: Again) => Promise<void> {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const isShown = useIsShown();
  const edit = useTenantMutation(api.mutations.messages.edit);
  return async (again) => {
    const { sessionId } = await edit({ messageId, ...again });
    // Whoever has gone elsewhere meanwhile stays there.
    if (isShown())
      await navigate({ to: "/$tenant/chat/$sessionId", params: { tenant: slug, sessionId } });
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
