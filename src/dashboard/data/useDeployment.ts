import { createContext, use } from "react";
import type { Deployment } from "../deployment";

export const DeploymentContext = createContext<Deployment | null>(null);

/** @throws Error - There is no `DeploymentContext` above. */
export function useDeployment(): Deployment {
  const deployment = use(DeploymentContext);
  if (deployment === null) throw new Error("DeploymentContext is missing");
  return deployment;
}
