import { useState } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

type ConfirmProps = {
  title: string;
  /** What it does, and whether it can be undone. */
  hint: string;
  verb: string;
  act: () => Promise<unknown>;
  close: () => void;
};

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, hint, verb, act, close }: ConfirmProps) {
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await act();
    close();
  };
  return (
    <Dialog title={title} hint={hint} close={close}>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Leave it</Button>
        <Button tone="danger" disabled={isBusy} onClick={() => void go()}>
          {verb}
        </Button>
      </div>
    </Dialog>
  );
}
