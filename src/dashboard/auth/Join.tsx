/** Where an invitation's link leads: to an account, or to the one that the person has, and into the company. */
import { useConvexAuth } from "convex/react";
import { useState } from "react";
import { Button } from "../ui/Button";
import { Loading } from "../ui/states";
import { AcceptInvitation } from "./AcceptInvitation";
import { Plate } from "./Plate";
import { SignInForm } from "./SignInForm";
import { SignUpForm } from "./SignUpForm";

export function Join() {
  // It stays in the address until it is used: a reload must not lose it.
  const [token] = useState(() => window.location.hash.slice(1));
  const { isLoading, isAuthenticated } = useConvexAuth();
  const [hasAccount, setHasAccount] = useState(false);
  if (token === "") {
    return (
      <Plate title="Join a company">
        <p role="alert">This link is not whole. Copy all of it, with what stands behind the #.</p>
      </Plate>
    );
  }
  if (isLoading) {
    return (
      <Plate title="Join a company">
        <Loading label="Signing in" />
      </Plate>
    );
  }
  if (isAuthenticated) return <AcceptInvitation token={token} />;
  if (hasAccount) return <SignInForm />;
  return (
    <Plate title="Join your colleagues">
      <SignUpForm token={token} />
      <Button tone="quiet" className="mt-2 w-full" onClick={() => setHasAccount(true)}>
        I have an account already
      </Button>
    </Plate>
  );
}
