/** What everything stands in: the connection, who is signed in, and the address bar. */
import { RouterProvider } from "@tanstack/react-router";
import { ConvexProviderWithAuth, type ConvexReactClient } from "convex/react";
import { Suspense, useEffect } from "react";
import type { SignIn } from "./auth/signIn";
import { SignInContext, useAuth } from "./auth/useAuth";
import { DeploymentContext } from "./data/useDeployment";
import type { Deployment } from "./deployment";
import { router } from "./router";
import { Connection } from "./shell/Connection";
import { useTheme } from "./shell/theme";
import { Boundary } from "./ui/Boundary";
import { loaded } from "./ui/loaded";

const Toaster = loaded(async () => ({ default: (await import("sonner")).Toaster }));

type AppProps = { client: ConvexReactClient; signIn: SignIn; deployment: Deployment };

export function App({ client, signIn, deployment }: AppProps) {
  const { theme } = useTheme();
  // Whether there is a sign-in, only the deployment knows.
  useEffect(() => void signIn.token({ isForced: false }), [signIn]);
  return (
    <DeploymentContext value={deployment}>
      <SignInContext value={signIn}>
        <ConvexProviderWithAuth client={client} useAuth={useAuth}>
          <Connection />
          <RouterProvider router={router} />
          <Boundary instead={null}>
            <Suspense fallback={null}>
              <Toaster theme={theme} richColors closeButton />
            </Suspense>
          </Boundary>
        </ConvexProviderWithAuth>
      </SignInContext>
    </DeploymentContext>
  );
}
