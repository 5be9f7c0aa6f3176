import { useState, type FormEvent } from "react";
import { messageOf } from "../../data/failures";
import { Dialog } from "../../ui/Dialog";
import { TextArea } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";

export type Again = { content: string; idempotencyKey: string };

type EditDialogProps = {
  content: string;
  send: (again: Again) => Promise<void>;
  close: () => void;
};

/** Says the same in other words. The conversation as it was stays beside. */
export function EditDialog({ content, send, close }: EditDialogProps) {
  // Sent twice, the same words make one branch.
  const [again, setAgain] = useState(() => againOf(content));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await send(again);
      close();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="In other words"
      hint="A branch of the conversation begins here; this one stays as it is."
      close={close}
    >
      <form className="space-y-3" onSubmit={(event) => void submit(event)}>
        <TextArea
          label="Message"
          required
          value={again.content}
          onChange={({ target }) => setAgain(againOf(target.value))}
          className="min-h-40"
        />
        <FormFooter verb="Send" isBusy={isBusy} error={problem} close={close} />
      </form>
    </Dialog>
  );
}

export function againOf(content: string): Again {
  return { content, idempotencyKey: crypto.randomUUID() };
}
