import { ArrowUp, Paperclip, Square } from "lucide-react";
import { useRef, type KeyboardEvent } from "react";
import { IconButton } from "../../ui/Button";
import { tellFailure } from "../../ui/tell";
import {
  changeDraft,
  putBackDraft,
  settleDraft,
  takeDraft,
  useDraft,
  type Draft,
  type Uploaded,
} from "./drafts";
import { UploadList } from "./UploadList";
import { useUploads } from "./useUploads";

/** What is said: all of it has been uploaded. */
export type Said = { content: string; attachments: Uploaded[]; idempotencyKey: string };

type ComposerProps = {
  /** Where what is typed belongs to. */
  place: string;
  send: (said: Said) => Promise<void>;
  /** Nothing may be sent just now. */
  isBusy?: boolean;
  autoFocus?: boolean;
  /** Stops the reply that is being written; absent while there is none. */
  stop?: (() => void) | undefined;
};

/** Enter sends, Shift+Enter begins a line. What was not sent stays. */
export function Composer({ place, send, isBusy = false, autoFocus = false, stop }: ComposerProps) {
  const { content, uploads } = useDraft(place);
  const { add, remove } = useUploads(place);
  const files = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const isUploading = uploads.some(({ storageId }) => storageId === null);
  const maySend = content.trim() !== "" && !isUploading && !isBusy;

  const submit = async () => {
    if (!maySend) return;
    // The button is of no use for a while, and what one goes on with is the text.
    text.current?.focus();
    const draft = takeDraft(place);
    try {
      await send(saidIn(draft));
      settleDraft(place, draft);
    } catch (error) {
      tellFailure(error);
      putBackDraft(place, draft);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    // While a word is being put together (Japanese, Chinese), Enter is for the word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };
  return (
    <div className="border-control bg-surface outline-accent mx-auto w-full max-w-3xl rounded-xl border p-2 shadow-sm has-[textarea:focus-visible]:outline-2">
      <UploadList uploads={uploads} remove={remove} />
      <div className="flex items-end gap-1">
        <input
          ref={files}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            add(event.target.files ?? []);
            event.target.value = "";
          }}
        />
        <IconButton label="Attach files" onClick={() => files.current?.click()}>
          <Paperclip aria-hidden />
        </IconButton>
        <textarea
          ref={text}
          autoFocus={autoFocus}
          aria-label="Message"
          placeholder="Say something"
          rows={1}
          value={content}
          onChange={({ target }) => changeDraft(place, () => ({ content: target.value }))}
          onKeyDown={onKey}
          className="field-sizing-content max-h-60 min-h-9 min-w-0 grow resize-none bg-transparent px-1 py-2 outline-none"
        />
        {stop !== undefined && (
          <IconButton
            label="Stop the reply"
            tone="danger"
            onClick={() => {
              text.current?.focus();
              stop();
            }}
          >
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

function saidIn({ content, uploads, idempotencyKey }: Draft): Said {
  const attachments = uploads.flatMap(({ name, storageId }): Uploaded[] =>
    storageId === null ? [] : [{ name, storageId }],
  );
  return { content, attachments, idempotencyKey };
}
