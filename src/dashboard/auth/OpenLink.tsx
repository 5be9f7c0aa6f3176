import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Loading } from "../ui/states";
import { Plate } from "./Plate";
import { useSignIn } from "./useAuth";

/** Signs in with the token behind the "#", which is good once, and goes on to the first page. */
export function OpenLink() {
  const signIn = useSignIn();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const token = window.location.hash.slice(1);
    // Gone from the address before it is used: nobody copies it, and a second run of this effect finds none.
    window.history.replaceState(null, "", window.location.pathname);
    if (token === "") return;
    void signIn.withLink(token).then(async (found) => {
      setProblem(found);
      if (found === null) await navigate({ to: "/", replace: true });
    });
  }, [signIn, navigate]);
  return (
    <Plate title="Signing in">
      {problem === null ? <Loading label="Signing in" /> : <p role="alert">{problem}</p>}
    </Plate>
  );
}
