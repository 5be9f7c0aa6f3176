import { ArrowUp, Paperclip, Square, X } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { toast } from "sonner";
import { messageOf } from "../../data/failures";
import { IconButton } from "../../ui/Button";
import { useUploads, type Uploaded } from "./useUploads";

/** What is about to be said. The key makes it safe to say again when the answer got lost. */
export type Draft = { content: string; attachments: Uploaded[]; idempotencyKey: string };

type ComposerProps = {
  send: (draft: Draft) => Promise<void>;
  /** Stops the reply that is being written; absent while there is none. */
  stop?: (() => void) | undefined;
};

/** Enter sends, Shift+Enter begins a line. What was not sent stays. */
export function Composer({ send, stop }: ComposerProps) {
  const [content, setContent] = useState("");
  const uploads = useUploads();
  const files = useRef<HTMLInputElement>(null);
  const maySend = content.trim() !== "" && !uploads.isBusy;

  const submit = async () => {
    if (!maySend) return;
    const draft = { content, attachments: uploads.done, idempotencyKey: crypto.randomUUID() };
    setContent("");
    uploads.clear();
    await send(draft).catch((error: unknown) => {
      toast.error(messageOf(error));
      setContent((typed) => (typed === "" ? content : typed));
    });
  };
  const onKey = (event: KeyboardEvent) => {
    // While a word is being put together (Japanese, Chinese), Enter is for the word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };
  return (
    <div className="border-line bg-surface outline-accent mx-auto w-full max-w-3xl rounded-xl border p-2 shadow-sm has-[textarea:focus-visible]:outline-2">
      {uploads.all.length > 0 && (
        <ul className="mb-2 flex flex-wrap gap-2">
          {uploads.all.map(({ key, name, isDone }) => (
            <li
              key={key}
              className="bg-sunken flex items-center gap-1 rounded-md py-1 pr-1 pl-2 text-xs"
            >
              {name} {!isDone && "(uploading)"}
              <button
                type="button"
                aria-label={`Remove ${name}`}
                className="hover:bg-line flex size-6 items-center justify-center rounded"
                onClick={() => uploads.remove(key)}
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-end gap-1">
        <input
          ref={files}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            uploads.add(event.target.files ?? []);
            event.target.value = "";
          }}
        />
        <IconButton label="Attach files" onClick={() => files.current?.click()}>
          <Paperclip aria-hidden />
        </IconButton>
        <textarea
          aria-label="Message"
          placeholder="Say something"
          rows={1}
          value={content}
          onChange={(event) => setContent(event.target.value)}
          onKeyDown={onKey}
          className="field-sizing-content max-h-60 min-h-9 min-w-0 grow resize-none bg-transparent px-1 py-2 outline-none"
        />
        {stop !== undefined && (
          <IconButton label="Stop the reply" tone="danger" onClick={stop}>
            <Square aria-hidden />
          </IconButton>
        )}
        <IconButton label="Send" tone="primary" disabled={!maySend} onClick={() => void submit()}>
          <ArrowUp aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
