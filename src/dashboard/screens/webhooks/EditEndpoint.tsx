import { api } from "../../../../convex/_generated/api";
import type { WebhookEndpointView } from "../../../../convex/views/webhooks";
import { useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { EndpointForm, type EndpointSettings } from "./EndpointForm";

type EditEndpointProps = { endpoint: WebhookEndpointView; close: () => void };

export function EditEndpoint({ endpoint, close }: EditEndpointProps) {
  const { _id: endpointId, url, description = "", events } = endpoint;
  const update = useTenantMutation(api.mutations.webhooks.update);
  const save = async ({ description: text, ...settings }: EndpointSettings) => {
    await update({ endpointId, ...settings, description: text === "" ? null : text });
    close();
  };
  return (
    <Dialog title="Change the endpoint" hint="What waits goes to the new address." close={close}>
      <EndpointForm
        initial={{ url, description, events }}
        verb="Change it"
        save={save}
        close={close}
      />
    </Dialog>
  );
}
