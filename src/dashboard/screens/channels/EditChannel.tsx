import { api } from "../../../../convex/_generated/api";
import type { ChannelView } from "../../../../convex/views/channels";
import { useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { ChannelForm, type ChannelInput } from "./ChannelForm";
import { changeOf, textsOf } from "./settings";

export function EditChannel({ channel, close }: { channel: ChannelView; close: () => void }) {
  const { _id: channelId, type, name, agentId, config, credentialMask } = channel;
  const update = useTenantAction(api.actions.channels.update);
  const save = async ({ credential, settings, ...rest }: ChannelInput) => {
    const given = credential === "" ? {} : { credential };
    await update({ channelId, ...rest, config: changeOf(type, settings), ...given });
    close();
  };
  const initial = { name, agentId, credential: "", settings: textsOf(type, config) };
  return (
    <Dialog title={`Change "${name}"`} close={close}>
      <ChannelForm
        type={type}
        initial={initial}
        {...(credentialMask !== undefined && { mask: credentialMask })}
        verb="Change it"
        save={save}
        close={close}
      />
    </Dialog>
  );
}
