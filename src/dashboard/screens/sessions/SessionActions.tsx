import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SessionView } from "../../../../convex/views";
import { useMay, useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { ExportSession } from "./ExportSession";

const { conversations } = api.mutations;

export function SessionActions({ session }: { session: SessionView }) {
  const { _id: sessionId, title = "this session", status } = session;
  const mayWrite = useMay("sessions:write");
  const mayDelete = useMay("sessions:delete");
  const update = useTenantMutation(conversations.update);
  const remove = useTenantMutation(conversations.remove);
  const act = useAct();
  const [asked, setAsked] = useState<"export" | "remove" | null>(null);
  const close = () => setAsked(null);
  const next = status === "active" ? "completed" : "active";
  return (
    <span className="flex gap-2">
      <Button size="sm" onClick={() => setAsked("export")}>
        Export
      </Button>
      {mayWrite && (
        <Button size="sm" onClick={() => void act(() => update({ sessionId, status: next }))}>
          {status === "active" ? "Close" : "Open again"}
        </Button>
      )}
      {mayDelete && (
        <Button size="sm" tone="danger" onClick={() => setAsked("remove")}>
          Delete
        </Button>
      )}
      {asked === "export" && <ExportSession session={session} close={close} />}
      {asked === "remove" && (
        <Confirm
          title={`Delete "${title}"?`}
          hint="All that was said goes with it, for good. What it cost stays in the books."
          verb="Delete"
          act={() => act(() => remove({ sessionId }))}
          close={close}
        />
      )}
    </span>
  );
}
