import { useBlocker } from "@tanstack/react-router";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

/** Asks before what was not saved is lost: by a link, by the browser's arrows, or by closing the tab. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    // Other views of the same agent keep the form.
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Dialog title="Leave without saving?" hint="What you changed here would be lost." close={reset}>
      <div className="flex justify-end gap-2">
        <Button onClick={reset}>Stay here</Button>
        <Button tone="danger" onClick={proceed}>
          Leave
        </Button>
      </div>
    </Dialog>
  );
}
