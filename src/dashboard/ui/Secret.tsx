import { Copy } from "lucide-react";
import { toast } from "sonner";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

type SecretProps = { title: string; hint: string; secret: string; close: () => void };

/** Something that is shown this once: nobody can read it again, only make another one. */
export function Secret({ title, hint, secret, close }: SecretProps) {
  const copy = () =>
    navigator.clipboard.writeText(secret).then(
      () => toast.success("Copied"),
      () => toast.error("This browser does not allow it: select it and copy it yourself"),
    );
  return (
    <Dialog title={title} hint={hint} isOnce close={close}>
      <p className="bg-sunken rounded-md p-3 font-mono text-xs break-all">{secret}</p>
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={() => void copy()}>
          <Copy aria-hidden /> Copy
        </Button>
        <Button tone="primary" onClick={close}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}
