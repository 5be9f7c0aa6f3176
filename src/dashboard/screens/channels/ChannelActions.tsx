import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { ChannelView } from "../../../../convex/views/channels";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { EditChannel } from "./EditChannel";

const { channels } = api.mutations;

export function ChannelActions({ channel }: { channel: ChannelView }) {
  const { _id: channelId, name, status } = channel;
  const pause = useTenantMutation(channels.pause);
  const resume = useTenantMutation(channels.resume);
  const remove = useTenantMutation(channels.remove);
  const act = useAct();
  const [asked, setAsked] = useState<"edit" | "remove" | null>(null);
  const close = () => setAsked(null);
  const isOn = status === "active";
  return (
    <span className="flex gap-2">
      <Button
        size="sm"
        onClick={() => void act(() => (isOn ? pause({ channelId }) : resume({ channelId })))}
      >
        {isOn ? "Pause" : "Resume"}
      </Button>
      <Button size="sm" onClick={() => setAsked("edit")}>
        Change
      </Button>
      <Button size="sm" tone="danger" onClick={() => setAsked("remove")}>
        Delete
      </Button>
      {asked === "edit" && <EditChannel channel={channel} close={close} />}
      {asked === "remove" && (
        <Confirm
          title={`Delete "${name}"?`}
          hint="Its secret goes with it, for good. Sessions that came by it stay."
          verb="Delete"
          act={() => act(() => remove({ channelId }))}
          close={close}
        />
      )}
    </span>
  );
}
