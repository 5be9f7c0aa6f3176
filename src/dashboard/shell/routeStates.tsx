import { Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSignIn } from "../auth/useAuth";
import { failureOf } from "../data/failures";
import { Button } from "../ui/Button";
import { Empty, Failed, Loading } from "../ui/states";

export function RouteLoading() {
  return <Loading lines={6} />;
}

export function RouteFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const signIn = useSignIn();
  const isSignedOut = failureOf(error)?.kind === "unauthenticated";
  // Somebody ended the sign-in elsewhere. The deployment says so again, and the form is shown.
  useEffect(() => {
    if (isSignedOut) void signIn.token({ isForced: true });
  }, [isSignedOut, signIn]);
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <Failed error={error} retry={retry} />;
}

export function NotFound() {
  const action = (
    <Button asChild>
      <Link to="/">Go home</Link>
    </Button>
  );
  return <Empty title="There is no such page" action={action} />;
}
