import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
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
    <Dialog
      title="In other words"
      hint="A branch of the conversation begins here; this one stays as it is."
      close={close}
    >
      <TextArea
        label="Message"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="min-h-40"
      />
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={close}>Leave it</Button>
        <Button
          tone="primary"
          disabled={text.trim() === ""}
          onClick={() => void send(text).then(close)}
        >
          Send
        </Button>
      </div>
    </Dialog>
  );
}
