import { useConvex } from "convex/react";
import { Paperclip } from "lucide-react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Message } from "../../../client/react";
import { useTenant } from "../../data/tenant";
import { tellFailure } from "../../ui/tell";

/** Files that came with a message. Their addresses are asked for one by one, when somebody wants one. */
export function Attachments({ message }: { message: Message }) {
  const convex = useConvex();
  const { tenantId } = useTenant();
  if (message.attachments === undefined || message.attachments.length === 0) return null;
  const open = async (fileId: NonNullable<Message["attachments"]>[number]["fileId"]) => {
    // Opened before the answer: browsers stop windows that nobody clicked for.
    const tab = window.open("about:blank", "_blank");
    try {
      const url = await convex.query(api.queries.files.url, { tenantId, fileId });
      if (tab === null) {
        toast("The browser stopped the window", {
          action: { label: "Open", onClick: () => window.open(url, "_blank", "noopener") },
        });
      } else {
        tab.opener = null;
        tab.location.href = url;
      }
    } catch (error) {
      tab?.close();
      tellFailure(error);
    }
  };
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {message.attachments.map(({ fileId, name }) => (
        <li key={fileId}>
          <button
            type="button"
            onClick={() => void open(fileId)}
            className="bg-surface border-line flex min-h-6 items-center gap-1 rounded border px-2 py-0.5 text-xs"
          >
            <Paperclip className="size-3" aria-hidden /> {name}
          </button>
        </li>
      ))}
    </ul>
  );
}
