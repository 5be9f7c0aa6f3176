import { useEffect, useRef, useState } from "react";
import { Loading } from "../ui/states";
import { Plate } from "./Plate";
import { UNREACHABLE } from "./signIn";
import { useSignIn } from "./useAuth";

const NO_TOKEN = "This link is not whole. Copy all of it, or ask for another one.";

/** Signs in with the token behind the "#", which is good once. */
export function OpenLink() {
  const signIn = useSignIn();
  const [problem, setProblem] = useState<string | null>(null);
  const isUsed = useRef(false);
  useEffect(() => {
    if (isUsed.current) return;
    isUsed.current = true;
    const token = window.location.hash.slice(1);
    // Gone from the address before it is used: nobody copies it.
    window.history.replaceState(null, "", window.location.pathname);
    if (token === "") setProblem(NO_TOKEN);
    else
      void signIn
        .withLink(token)
        .catch(() => UNREACHABLE)
        .then((found) => {
          if (found === null) window.location.replace("/");
          else setProblem(found);
        });
  }, [signIn]);
  return (
    <Plate title="Signing in">
      {problem === null ? <Loading label="Signing in" /> : <p role="alert">{problem}</p>}
    </Plate>
  );
}
