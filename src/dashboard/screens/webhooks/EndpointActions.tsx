import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { WebhookEndpointView } from "../../../../convex/views/webhooks";
import { useTenant, useTenantAction, useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { EditEndpoint } from "./EditEndpoint";
import { ReplayDead } from "./ReplayDead";
import { SigningSecret } from "./SigningSecret";

const { webhooks } = api.mutations;
type Asked = "edit" | "replay" | "rotate" | "disable" | "remove" | null;

/** What may be done with an endpoint by whoever may change it. */
export function EndpointActions({ endpoint }: { endpoint: WebhookEndpointView }) {
  const { _id: endpointId, status } = endpoint;
  const sendTest = useTenantMutation(webhooks.sendTest);
  const enable = useTenantMutation(webhooks.enable);
  const act = useAct();
  const [asked, setAsked] = useState<Asked>(null);
  return (
    <div className="flex flex-wrap gap-2">
      {status === "active" ? (
        <>
          <Button tone="primary" onClick={() => void act(() => sendTest({ endpointId }))}>
            Send a test
          </Button>
          <Button onClick={() => setAsked("replay")}>Send given-up ones again</Button>
          <Button onClick={() => setAsked("disable")}>Disable</Button>
        </>
      ) : (
        <Button tone="primary" onClick={() => void act(() => enable({ endpointId }))}>
          Enable
        </Button>
      )}
      <Button onClick={() => setAsked("edit")}>Change</Button>
      <Button onClick={() => setAsked("rotate")}>New secret</Button>
      <Button tone="danger" onClick={() => setAsked("remove")}>
        Delete
      </Button>
      <Asking endpoint={endpoint} asked={asked} close={() => setAsked(null)} />
    </div>
  );
}

type AskingProps = { endpoint: WebhookEndpointView; asked: Asked; close: () => void };

function Asking({ endpoint, asked, close }: AskingProps) {
  const { _id: endpointId } = endpoint;
  const { slug: tenant } = useTenant();
  const navigate = useNavigate();
  const disable = useTenantMutation(webhooks.disable);
  const remove = useTenantMutation(webhooks.remove);
  const rotate = useTenantAction(api.actions.webhooks.rotateSecret);
  const act = useAct();
  const [secret, setSecret] = useState<string | null>(null);
  // Away first: what is shown here ends with the endpoint.
  const leaveAndRemove = async () => {
    await navigate({ to: "/$tenant/webhooks", params: { tenant } });
    await act(() => remove({ endpointId }));
  };
  return (
    <>
      {asked === "edit" && <EditEndpoint endpoint={endpoint} close={close} />}
      {asked === "replay" && <ReplayDead endpointId={endpointId} close={close} />}
      {asked === "rotate" && (
        <Confirm
          title="Make a new secret?"
          hint="For a day, requests are signed with the old one as well. After that only the new one holds."
          verb="Make it"
          act={() => act(async () => setSecret((await rotate({ endpointId })).secret))}
          close={close}
        />
      )}
      {asked === "disable" && (
        <Confirm
          title="Disable the endpoint?"
          hint="Nothing is sent until it is enabled, and what happens meanwhile is not kept for it."
          verb="Disable"
          act={() => act(() => disable({ endpointId }))}
          close={close}
        />
      )}
      {asked === "remove" && (
        <Confirm
          title="Delete the endpoint?"
          hint="It goes with its secrets, for good. Its deliveries can still be looked at."
          verb="Delete"
          act={leaveAndRemove}
          close={close}
        />
      )}
      {secret !== null && <SigningSecret secret={secret} close={() => setSecret(null)} />}
    </>
  );
}
