import { Button } from "./Button";

type FormFooterProps = {
  verb: string;
  isBusy: boolean;
  error: string | undefined;
  close: () => void;
};

/** What was refused, the way out, and the way on. */
export function FormFooter({ verb, isBusy, error, close }: FormFooterProps) {
  return (
    <div className="space-y-3">
      {error !== undefined && (
        <p role="alert" className="text-bad">
          {error}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Leave it</Button>
        <Button type="submit" tone="primary" disabled={isBusy}>
          {verb}
        </Button>
      </div>
    </div>
  );
}
