/** Serving a project until the process is asked to end. */
import { statSync } from "node:fs";
import { relative } from "node:path";
import { openInstance } from "../instance";
import { connectCli, connectionText } from "./cliConnection";
import { UsageError, endOnSignals } from "./ending";
import { createJsonLog, logRuntime, type EventLog } from "./eventLog";
import type { ServeCommand } from "./options";
import { ProjectPusher } from "./pushing";
import { sayMeter, sayLogLines } from "./saying";

export async function serve(options: ServeCommand): Promise<void> {
  if (statSync(options.project, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(
      `There is no folder ${options.project}. Give the project's with --project.`,
    );
  }
  const say = options.json || options.logFormat === "json" ? () => {} : console.log;
  const log = options.logFormat === "json" ? createJsonLog(options.logLevel) : () => {};
  warnOfOpenPorts(options.host);
  const instance = await openInstance(options);
  const { runtime, apiUrl, siteUrl, adminKey } = instance;
  logRuntime(runtime, log);

  const pusher = new ProjectPusher(runtime, { folder: options.project, say });
  const isPushed = await pusher.push();
  if (!isPushed && runtime.deployment() === null && !options.watch) {
    throw new UsageError(
      "There is nothing to serve: no push has succeeded with this data folder yet.",
    );
  }
  const stopWatching = options.watch ? pusher.watch() : () => {};
  if (!options.json && options.logFormat === "text") sayLogLines(runtime, options.logLevel);
  endOnSignals(async () => {
    stopWatching();
    await end(() => instance.close(), log);
    sayMeter(runtime, say);
  });

  log("info", "serving", { apiUrl, siteUrl, data: options.data, pid: process.pid });
  if (options.json) {
    console.log(JSON.stringify({ apiUrl, siteUrl, adminKey }));
    return;
  }
  const connection = await connectCli(options.project, instance);
  say(readyText(options, { apiUrl, siteUrl }));
  say(connectionText(connection));
}

async function end(close: () => Promise<void>, log: EventLog): Promise<void> {
  const startedAtMs = performance.now();
  log("info", "ending");
  await close();
  log("info", "ended", { durationMs: Math.round(performance.now() - startedAtMs) });
}

/** The runtime has no TLS and no limits for strangers: whoever opens it up should know. */
function warnOfOpenPorts(host: string): void {
  if (/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) return;
  console.warn(
    `Warning: with --host ${host} other machines can reach this server, without encryption. Put a proxy with TLS before it.`,
  );
}

function readyText(options: ServeCommand, urls: { apiUrl: string; siteUrl: string }): string {
  const shown = (path: string) => relative(process.cwd(), path) || ".";
  return `
  ${shown(options.project)} is served by the embedded Convex runtime${options.watch ? " and watched" : ""}.

  API            ${urls.apiUrl}
  HTTP actions   ${urls.siteUrl}
  Data           ${shown(options.data)}  (the admin key is in the file admin_key)

  Ctrl+C stops it.
`;
}
