import { Outlet } from "@tanstack/react-router";
import { useConvexAuth } from "convex/react";
import { Suspense } from "react";
import { loaded } from "../ui/loaded";
import { Loading } from "../ui/states";

// Most who come are signed in.
const SignInForm = loaded(async () => ({ default: (await import("./SignInForm")).SignInForm }));

/** What is behind it is for whoever is signed in; everybody else is asked to, at the same address. */
export function SignedIn() {
  const { isLoading, isAuthenticated } = useConvexAuth();
  if (isLoading) {
    return (
      <main className="mx-auto max-w-sm p-8">
        <Loading label="Signing in" />
      </main>
    );
  }
  if (isAuthenticated) return <Outlet />;
  return (
    <Suspense fallback={null}>
      <SignInForm />
    </Suspense>
  );
}
