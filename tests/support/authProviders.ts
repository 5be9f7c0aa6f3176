/** Whom a running deployment believes beside its own issuer. */
import { setVariable, type Ready } from "./startProcess";

/** Adds an entry to `AUTH_PROVIDERS` of the running deployment. */
export async function addProvider(ready: Ready, provider: object): Promise<void> {
  const headers = { Authorization: `Convex ${ready.adminKey}` };
  const listed = await fetch(`${ready.apiUrl}/api/list_environment_variables`, { headers });
  const { environmentVariables } = (await listed.json()) as {
    environmentVariables: { AUTH_PROVIDERS: string };
  };
  const all = [...(JSON.parse(environmentVariables.AUTH_PROVIDERS) as object[]), provider];
  await setVariable(ready, { name: "AUTH_PROVIDERS", value: JSON.stringify(all) });
}
