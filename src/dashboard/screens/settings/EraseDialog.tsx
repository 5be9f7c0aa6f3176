import { useState, type FormEvent } from "react";
import { messageOf } from "../../data/failures";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";

type EraseDialogProps = {
  title: string;
  /** What has to be typed, so that no slip of the hand does it. */
  word: string;
  verb: string;
  act: () => Promise<unknown>;
  /** Where to go when it is done. */
  done: () => Promise<void>;
  close: () => void;
};

export function EraseDialog({ title, word, verb, act, done, close }: EraseDialogProps) {
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const go = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== word) return setError(`Type "${word}" to go on.`);
    setBusy(true);
    try {
      await act();
      await done();
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} hint="There is no way back from here." close={close}>
      <form className="space-y-3" onSubmit={(event) => void go(event)} noValidate>
        <TextField
          label={`Type "${word}"`}
          autoComplete="off"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <FormFooter verb={verb} isBusy={isBusy} error={error} close={close} />
      </form>
    </Dialog>
  );
}
