/** The project `auth` on a whole server, with an issuer that is the project's own HTTP actions. */
import { makeFunctionReference } from "convex/server";
import { onTestFinished } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { openInstance, type Instance } from "../../../src/embedded/instance";
import { httpClient } from "../clients/connections";
import { temporaryFolder } from "../clients/projectCopy";
import { makeIssuer } from "./issuer";

const PROJECT = "tests/fixtures/projects/auth";

export type Opened = Instance & { data: string };

export async function open(data?: string, ports = { port: 0, sitePort: 0 }): Promise<Opened> {
  const folder = data ?? (await temporaryFolder());
  const instance = await openInstance({ data: folder, ...ports });
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await instance.close();
    isClosed = true;
  };
  onTestFinished(close);
  return { ...instance, close, data: folder };
}

/** Served, with a key pair whose public half the project's HTTP actions give out. */
export async function startProject() {
  const opened = await open();
  const issuer = await makeIssuer(opened.siteUrl, { algorithm: "RS256", applicationID: "convex" });
  await opened.runtime.setEnvironment({
    SITE_JWKS: JSON.stringify(issuer.jwks),
    MORE_PROVIDERS: "[]",
  });
  await opened.runtime.deploy(await bundleProject(PROJECT));
  return { ...opened, issuer };
}

type Arguments = Record<string, unknown>;
export const mutation = <T>(name: string) => makeFunctionReference<"mutation", Arguments, T>(name);
export const query = <T>(name: string) => makeFunctionReference<"query", Arguments, T>(name);
export const action = <T>(name: string) => makeFunctionReference<"action", Arguments, T>(name);

export async function sign(
  server: { apiUrl: string },
  claims: object,
  expiresInSeconds: unknown = 60,
): Promise<string> {
  const args = { claims, expiresInSeconds };
  return await httpClient(server).mutation(mutation<string>("tokens:sign"), args);
}

export async function whoami(server: { apiUrl: string }, token: string) {
  type Who = { tokenIdentifier: string } | null;
  return await httpClient(server, token).query(query<Who>("tokens:whoami"), {});
}
