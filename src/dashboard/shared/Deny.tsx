import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextArea } from "../ui/Field";

type DenyProps = { toolName: string; deny: (comment: string) => Promise<void>; close: () => void };

/** As the door has it. */
const COMMENT_LENGTH_MAX = 1_000;

/** Says no, with what the agent is to know of it. */
export function Deny({ toolName, deny, close }: DenyProps) {
  const [comment, setComment] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    await deny(comment.trim());
    close();
  };
  return (
    <Dialog
      title={`Deny ${toolName}?`}
      hint="The call is not made. The agent is told so, and goes on without it."
      close={close}
    >
      <TextArea
        label="Why, for the agent"
        hint="It may be left out. The agent reads it, and so does whoever looks at the run."
        maxLength={COMMENT_LENGTH_MAX}
        value={comment}
        onChange={({ target }) => setComment(target.value)}
      />
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={close}>Leave it</Button>
        <Button tone="danger" disabled={isBusy} onClick={() => void submit()}>
          Deny
        </Button>
      </div>
    </Dialog>
  );
}
