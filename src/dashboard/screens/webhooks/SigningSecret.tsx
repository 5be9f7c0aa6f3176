import { Secret } from "../../ui/Secret";

export function SigningSecret({ secret, close }: { secret: string; close: () => void }) {
  return (
    <Secret
      title="The signing secret"
      hint="It is shown this once. Each request is signed with it, by Standard Webhooks: check that before you believe one."
      secret={secret}
      close={close}
    />
  );
}
