import { Copy } from "lucide-react";
import { toast } from "sonner";
import { Button } from "./Button";

type CopyButtonProps = { text: string; label?: string; size?: "md" | "sm" };

/** Takes a text along, exactly as it is. */
export function CopyButton({ text, label = "Copy", size = "md" }: CopyButtonProps) {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast.success("Copied"),
      () => toast.error("This browser does not allow it: select it and copy it yourself"),
    );
  return (
    <Button size={size} onClick={() => void copy()}>
      <Copy aria-hidden /> {label}
    </Button>
  );
}
