import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { CHANNEL_TYPES, type ChannelType } from "../../../core/channels";
import { useTenantAction } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Field";
import { ChannelForm, type ChannelInput } from "./ChannelForm";
import { CHANNEL_NAMES } from "./names";
import { configOf, textsOf } from "./settings";

export function NewChannel({ close }: { close: () => void }) {
  const create = useTenantAction(api.actions.channels.create);
  const [type, setType] = useState<ChannelType>("web");
  const save = async ({ credential, settings, ...rest }: ChannelInput) => {
    const given = credential === "" ? {} : { credential };
    await create({ ...rest, type, config: configOf(type, settings), ...given });
    close();
  };
  const initial: ChannelInput = {
    name: "",
    agentId: "" as Id<"agents">,
    credential: "",
    settings: textsOf(type, {}),
  };
  return (
    <Dialog title="New channel" close={close}>
      <div className="mb-3">
        <SelectField
          label="Kind"
          value={type}
          onChange={({ target }) => setType(target.value as ChannelType)}
        >
          {CHANNEL_TYPES.map((one) => (
            <option key={one} value={one}>
              {CHANNEL_NAMES[one]}
            </option>
          ))}
        </SelectField>
      </div>
      <ChannelForm
        key={type}
        type={type}
        initial={initial}
        verb="Add it"
        save={save}
        close={close}
      />
    </Dialog>
  );
}
