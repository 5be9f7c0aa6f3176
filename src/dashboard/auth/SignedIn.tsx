import { Outlet } from "@tanstack/react-router";
import { useConvexAuth } from "convex/react";
import { Loading } from "../ui/states";
import { SignInForm } from "./SignInForm";

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
  return isAuthenticated ? <Outlet /> : <SignInForm />;
}
