/** Where the deployment is that this dashboard shows: the file beside `index.html` says so. */
import { z } from "zod/mini";

const Deployment = z.object({
  /** Of Convex's own protocol, such as "https://happy-otter-123.convex.cloud". */
  apiUrl: z.url(),
  /** Of HTTP actions, such as "https://happy-otter-123.convex.site". */
  siteUrl: z.url(),
});
export type Deployment = z.infer<typeof Deployment>;

/** @throws Error - The file is not there, or says something else. */
export async function readDeployment(): Promise<Deployment> {
  const response = await fetch("/deployment.json");
  if (!response.ok) throw new Error(`/deployment.json answered ${response.status}`);
  return Deployment.parse(await response.json());
}
