import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { Dialog } from "./Dialog";

type SecretProps = { title: string; hint: string; secret: string; close: () => void };

/** Something that is shown this once: nobody can read it again, only make another one. */
export function Secret({ title, hint, secret, close }: SecretProps) {
  return (
    <Dialog title={title} hint={hint} isOnce close={close}>
      <p className="bg-sunken rounded-md p-3 font-mono text-xs break-all">{secret}</p>
      <div className="mt-3 flex justify-end gap-2">
        <CopyButton text={secret} />
        <Button tone="primary" onClick={close}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}
