/**
 * The product on the embedded runtime, as `npm start` serves it, in a process that says what it has used: it is
 * asked for by a message, so that the asking costs nothing that is measured.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openInstallation } from "../../src/cli/installation";
import { makeTenants } from "../../src/cli/tenants";
import { bundleProject } from "../../src/embedded/deploy/bundleProject";
import { openInstance } from "../../src/embedded/instance";
import type { LoggedUse } from "../../src/embedded/runtime/types";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../../..");

export type TurnServerOptions = {
  data: string;
  openAiBaseUrl: string;
  model: string;
};

/** What the process has used since it started. */
export type Used = {
  cpuMicros: number;
  heapBytes: number;
  rssBytes: number;
  commits: number;
  functions: Record<string, { calls: number; read: number; written: number }>;
};

export type TurnServerReady = {
  apiUrl: string;
  siteUrl: string;
  token: string;
  apiKey: string;
  agentId: string;
  /** What OpenAI's clients call the agent. */
  agentModel: string;
};

const options = JSON.parse(process.argv[2] ?? "") as TurnServerOptions;
const instance = await openInstance({ data: options.data, port: 0, sitePort: 0 });
const installation = await openInstallation(options.data);
const variables = { OPENAI_API_KEY: "simulated", OPENAI_BASE_URL: options.openAiBaseUrl };
await instance.runtime.setEnvironment({ ...installation.variables, ...variables });
await instance.runtime.deploy(await bundleProject(PROJECT));
const model = { provider: "openai", model: options.model, variables, simulator: null } as const;
const [{ agentId, apiKey, users }] = await makeTenants(instance, installation, model);

const functions: Used["functions"] = {};
instance.runtime.onLog(({ path, used }) => count(path, used));

process.on("message", (message) => {
  if (message === "end") void instance.close().then(() => process.exit(0));
  else process.send?.(used());
});
const { apiUrl, siteUrl } = instance;
const token = users[0]?.token ?? "";
const agentModel = `agent:${agentId}`;
const ready: TurnServerReady = { apiUrl, siteUrl, token, apiKey, agentId, agentModel };
process.send?.(ready);

function count(path: string, use: LoggedUse | null): void {
  const of = (functions[path] ??= { calls: 0, read: 0, written: 0 });
  of.calls++;
  of.read += use?.documentsRead ?? 0;
  of.written += use?.documentsWritten ?? 0;
}

function used(): Used {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    cpuMicros: user + system,
    heapBytes: heapUsed,
    rssBytes: rss,
    commits: instance.runtime.meter().commits.durable,
    functions,
  };
}
