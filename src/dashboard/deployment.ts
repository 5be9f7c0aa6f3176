/** Where the deployment is that this dashboard shows: the file beside `index.html` says so. */
import { textsIn } from "./data/json";

export type Deployment = {
  /** Of Convex's own protocol, such as "https://happy-otter-123.convex.cloud". */
  apiUrl: string;
  /** Of HTTP actions, such as "https://happy-otter-123.convex.site". */
  siteUrl: string;
};

/** @throws Error - The file is not there, or says something else. */
export async function readDeployment(): Promise<Deployment> {
  const response = await fetch("/deployment.json");
  if (!response.ok) throw new Error(`/deployment.json answered ${response.status}`);
  return textsIn(await response.json(), ["apiUrl", "siteUrl"]);
}
