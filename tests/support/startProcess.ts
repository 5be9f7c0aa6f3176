/** `npm start` as a process, what it prints for scripts, and clients of what it serves. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import type { FunctionReference } from "convex/server";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import type { Id } from "../../convex/_generated/dataModel";
import { FREE_PORTS, runCommand, type RunningCommand } from "./command";
import { madeOnce } from "./madeOnce";

const idOf = <Table extends "tenants" | "agents" | "sessions" | "runs">() =>
  z.custom<Id<Table>>((value) => typeof value === "string" && value !== "");

const Tenant = z.strictObject({
  tenantId: idOf<"tenants">(),
  slug: z.string(),
  users: z.array(z.strictObject({ role: z.string(), token: z.string().min(1) })).min(1),
  apiKey: z.string().startsWith("ak_live_"),
});

/** The line of `--json`: these fields and no others. */
const Ready = z.strictObject({
  apiUrl: z.url(),
  siteUrl: z.url(),
  adminKey: z.string().min(1),
  tenantId: idOf<"tenants">(),
  agentId: idOf<"agents">(),
  userToken: z.string().min(1),
  apiKey: z.string().startsWith("ak_live_"),
  agentModel: z.string().startsWith("agent:"),
  tenants: z.tuple([Tenant, Tenant]),
  signInUrl: z.url(),
  dashboardUrl: z.url(),
  simulatorUrl: z.url().nullable(),
  demo: z
    .strictObject({
      sessionId: idOf<"sessions">(),
      runId: idOf<"runs">(),
      reply: z.string().min(1),
      costPico: z.string().regex(/^[1-9]\d*$/),
    })
    .nullable(),
});
export type Ready = z.infer<typeof Ready>;

/** A folder that does not exist yet, gone when the test ends. */
export async function dataFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "start-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return join(parent, "data");
}

/** A data folder of an installation that was started before, gone when the test ends: the next start takes half as long. */
export async function startedFolder(): Promise<string> {
  const data = await dataFolder();
  await copyOfStarted(data);
  return data;
}

/** Makes the folder such a one. */
export async function copyOfStarted(data: string): Promise<void> {
  const started = await madeOnce("started", async (folder) => {
    const flags = ["--json", "--once", "--no-demo", "--data", join(folder, "data")];
    const command = runCommand("src/cli/start.ts", [...flags, ...FREE_PORTS]);
    const { code } = await command.ended;
    if (code !== 0) throw new Error(`the first start ended with ${code}: ${command.stderr()}`);
  });
  await cp(join(started, "data"), data, { recursive: true });
}

type StartOptions = { data: string; flags?: readonly string[]; variables?: Record<string, string> };

/** On free ports unless the flags say otherwise. Killed when the test ends. */
export function start({ data, flags = [], variables }: StartOptions): RunningCommand {
  const args = ["--data", data, ...FREE_PORTS, ...flags];
  const command = runCommand("src/cli/start.ts", args, variables);
  onTestFinished(async () => {
    await command.end("SIGKILL");
  });
  return command;
}

/** Starts it with `--json` and waits until it is ready. */
export async function startReady(
  options: StartOptions,
): Promise<{ command: RunningCommand; ready: Ready }> {
  const command = start({ ...options, flags: ["--json", ...(options.flags ?? [])] });
  return { command, ready: parseReady(await command.firstLine()) };
}

export function parseReady(line: string): Ready {
  return Ready.parse(JSON.parse(line));
}

export function userOf({ apiUrl, userToken }: Ready): ConvexHttpClient {
  return new ConvexHttpClient(apiUrl, { auth: userToken, logger: false });
}

export function socketUserOf({ apiUrl, userToken }: Ready): ConvexClient {
  const client = new ConvexClient(apiUrl, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
    unsavedChangesWarning: false,
  });
  onTestFinished(() => client.close());
  client.setAuth(async () => userToken);
  return client;
}

/** A caller of internal functions; the client's types know only what everyone may call. */
export function adminOf({ apiUrl, adminKey }: Pick<Ready, "apiUrl" | "adminKey">) {
  const client = new ConvexHttpClient(apiUrl, { logger: false });
  (client as unknown as { setAdminAuth(key: string): void }).setAdminAuth(adminKey);
  return {
    mutation: async (reference: FunctionReference<"mutation", "internal">, args: object) =>
      (await client.mutation(
        reference as unknown as FunctionReference<"mutation">,
        args as Record<string, never>,
      )) as unknown,
    query: async (reference: FunctionReference<"query", "internal">, args: object) =>
      (await client.query(
        reference as unknown as FunctionReference<"query">,
        args as Record<string, never>,
      )) as unknown,
    action: async (reference: FunctionReference<"action", "internal">, args: object) =>
      (await client.action(
        reference as unknown as FunctionReference<"action">,
        args as Record<string, never>,
      )) as unknown,
  };
}

/** Sets a variable of the running deployment, as `npx convex env set` does. */
export async function setVariable(
  ready: Ready,
  change: { name: string; value: string },
): Promise<void> {
  const changed = await fetch(`${ready.apiUrl}/api/update_environment_variables`, {
    method: "POST",
    headers: { Authorization: `Convex ${ready.adminKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ changes: [change] }),
  });
  if (!changed.ok) throw new Error(`setting ${change.name}: ${changed.status}`);
}
