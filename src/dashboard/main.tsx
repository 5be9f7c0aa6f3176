import { ConvexReactClient } from "convex/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { SignIn } from "./auth/signIn";
import { readDeployment } from "./deployment";
import "./styles.css";

const root = createRoot(document.getElementById("root") as HTMLElement);
try {
  const deployment = await readDeployment();
  const client = new ConvexReactClient(deployment.apiUrl);
  const signIn = new SignIn(deployment.siteUrl);
  root.render(
    <StrictMode>
      <App client={client} signIn={signIn} deployment={deployment} />
    </StrictMode>,
  );
} catch (error) {
  // Nothing works without it, so that what is wrong is all there is to say.
  root.render(<p role="alert">The dashboard does not know its deployment: {String(error)}</p>);
}
