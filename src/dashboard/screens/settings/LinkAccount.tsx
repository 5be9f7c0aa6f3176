/**
 * Another account to sign in with. The code that links it is given here; it is redeemed by whatever signs people in at
 * the other provider, for only that has the account's token.
 */
import { useState, type FormEvent } from "react";
import type { WaysIn } from "../../../../convex/views/auth";
import { makeLinkCode } from "../../auth/ownAccount";
import { useSignIn } from "../../auth/useAuth";
import { useDeployment } from "../../data/useDeployment";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { Snippet } from "../../ui/Snippet";

type LinkAccountProps = { ways: WaysIn; close: () => void };

export function LinkAccount({ ways, close }: LinkAccountProps) {
  const [code, setCode] = useState<string | null>(null);
  return code === null ? (
    <AskForCode needsPassword={ways.hasPassword} take={setCode} close={close} />
  ) : (
    <Code code={code} close={close} />
  );
}

type AskForCodeProps = {
  needsPassword: boolean;
  take: (code: string) => void;
  close: () => void;
};

function AskForCode({ needsPassword, take, close }: AskForCodeProps) {
  const signIn = useSignIn();
  const { siteUrl } = useDeployment();
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    const proof = needsPassword ? { currentPassword: password } : {};
    const made = await makeLinkCode({ signIn, siteUrl }, proof);
    setBusy(false);
    if ("refusal" in made) setRefusal(made.refusal);
    else take(made.code);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void ask();
  };
  return (
    <Dialog
      title="Link another account"
      hint="An account at a provider that this deployment believes becomes one more way to sign in as you. It takes a code of yours, and a sign-in there."
      close={close}
    >
      <form className="space-y-3" onSubmit={submit}>
        {needsPassword && (
          <TextField
            label="Your password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        )}
        <FormFooter verb="Make a code" isBusy={isBusy} error={refusal} close={close} />
      </form>
    </Dialog>
  );
}

function Code({ code, close }: { code: string; close: () => void }) {
  const { siteUrl } = useDeployment();
  return (
    <Dialog
      title="The code that links"
      hint="It is shown this once, and good once, for ten minutes. Give it to nobody: whose account redeems it, signs in as you."
      isOnce
      close={close}
    >
      <Snippet name="The code" text={code} />
      <p className="my-3">
        Sign in with the other account in the program that does so, and redeem the code there, or
        with its token from a terminal. The account then stands among your ways to sign in.
      </p>
      <Snippet name="With the other account's token" text={redeeming(siteUrl, code)} />
      <div className="mt-3 flex justify-end">
        <Button tone="primary" onClick={close}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}

const redeeming = (siteUrl: string, code: string) => `curl ${siteUrl}/auth/identities/link \\
  -H "authorization: Bearer $TOKEN_OF_THE_OTHER_ACCOUNT" \\
  -H "content-type: application/json" \\
  -d '{"code": "${code}"}'`;
