import { Dialog } from "radix-ui";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Field";

type EditDialogProps = {
  content: string;
  send: (content: string) => Promise<void>;
  close: () => void;
};

/** Says the same in other words. The conversation as it was stays beside. */
export function EditDialog({ content, send, close }: EditDialogProps) {
  const [text, setText] = useState(content);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content className="border-line bg-surface text-ink fixed top-1/2 left-1/2 z-50 w-[min(40rem,94vw)] -translate-x-1/2 -translate-y-1/2 space-y-3 rounded-xl border p-4 text-sm">
          <Dialog.Title className="font-semibold">In other words</Dialog.Title>
          <Dialog.Description className="text-subtle">
            A branch of the conversation begins here; this one stays as it is.
          </Dialog.Description>
          <TextArea
            label="Message"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="min-h-40"
          />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Leave it</Button>
            <Button
              tone="primary"
              disabled={text.trim() === ""}
              onClick={() => void send(text).then(close)}
            >
              Send
            </Button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
