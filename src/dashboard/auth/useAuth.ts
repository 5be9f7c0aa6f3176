import { createContext, use, useCallback, useMemo, useSyncExternalStore } from "react";
import type { SignIn } from "./signIn";

export const SignInContext = createContext<SignIn | null>(null);

/** @throws Error - There is no `SignInContext` above. */
export function useSignIn(): SignIn {
  const signIn = use(SignInContext);
  if (signIn === null) throw new Error("SignInContext is missing");
  return signIn;
}

/** What `ConvexProviderWithAuth` asks of whatever signs people in. */
export function useAuth() {
  const signIn = useSignIn();
  const state = useSyncExternalStore(signIn.subscribe, signIn.read);
  const fetchAccessToken = useCallback(
    async ({ forceRefreshToken }: { forceRefreshToken: boolean }) =>
      await signIn.token({ isForced: forceRefreshToken }),
    [signIn],
  );
  return useMemo(
    () => ({
      isLoading: state === "unknown",
      isAuthenticated: state === "signed_in",
      fetchAccessToken,
    }),
    [state, fetchAccessToken],
  );
}
