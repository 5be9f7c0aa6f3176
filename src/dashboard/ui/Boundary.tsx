/** Around a part of a screen: one that fails leaves the others as they are. */
import { CatchBoundary } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { useSignIn } from "../auth/useAuth";
import { failureOf } from "../data/failures";
import { Failed } from "./states";

type BoundaryProps = {
  /** What the part is of: with another one it is tried again. */
  of?: string;
  /** In its place; without it, what went wrong and a way to try again. */
  instead?: ReactNode;
  onFailed?: () => void;
  children: ReactNode;
};

export function Boundary({ of = "", instead, onFailed, children }: BoundaryProps) {
  return (
    <CatchBoundary
      getResetKey={() => of}
      errorComponent={instead === undefined ? Failure : () => instead}
      {...(onFailed && { onCatch: onFailed })}
    >
      {children}
    </CatchBoundary>
  );
}

/** What is shown in place of what has failed. */
export function Failure({ error, reset }: { error: unknown; reset: () => void }) {
  const signIn = useSignIn();
  const isSignedOut = failureOf(error)?.kind === "unauthenticated";
  // Somebody ended the sign-in elsewhere. The deployment says so again, and the form is shown.
  useEffect(() => {
    if (isSignedOut) void signIn.token({ isForced: true });
  }, [isSignedOut, signIn]);
  return <Failed error={error} retry={reset} />;
}
