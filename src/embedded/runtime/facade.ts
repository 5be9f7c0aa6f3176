/** The runtime as its servers and embedders see it: the interface `Runtime` over the parts. */
import type { Executor, LogLine } from "../execution/types";
import type { Deployer } from "./deployer";
import type { Environment } from "./environment";
import type { OpenFiles } from "./files/openFiles";
import type { FunctionCalls } from "./functionCalls";
import type { Listeners } from "./listeners";
import type { LiveQueryEngine } from "./liveQueries";
import type { LogEntry, Runtime } from "./types";

const GRACE_MS = 5_000;

export function createFacade(parts: {
  calls: FunctionCalls;
  live: LiveQueryEngine;
  deployer: Deployer;
  environment: Environment;
  log: Listeners<LogEntry>;
  executor: Executor;
  checkStore(): void;
  files: OpenFiles;
  close(graceMs: number): Promise<void>;
}): Runtime {
  const { calls, live, deployer, environment, log } = parts;
  let closing: Promise<void> | undefined;
  return {
    live: { ...live, watch: (request) => calls.watch(request) },
    query: (request) => calls.query(request),
    mutation: (request) => calls.mutation(request),
    action: (request) => calls.action(request),
    run: (request) => calls.run(request),
    httpAction: (request, options) => runHttpAction(parts, request, options),
    deploy: async (push) => await deployer.deploy(push),
    deployment: () => deployer.deployment,
    onDeploy: (listener) => deployer.onDeploy.add(listener),
    environment: () => environment.variables(),
    setEnvironment: async (changes) => await deployer.setEnvironment(changes),
    authProviders: () => deployer.authProviders,
    onAuthProviders: (listener) => deployer.onAuthProviders.add(listener),
    checkStore: () => parts.checkStore(),
    onLog: (listener) => log.add(listener),
    files: parts.files.http,
    close: ({ graceMs = GRACE_MS } = {}) => (closing ??= parts.close(graceMs)),
  };
}

async function runHttpAction(
  { calls, executor, log }: { calls: FunctionCalls; executor: Executor; log: Listeners<LogEntry> },
  request: Request,
  options: Parameters<Runtime["httpAction"]>[1],
): Promise<Response> {
  calls.requireOpen();
  const startedAtMs = Date.now();
  const startedTick = performance.now();
  const logLines: LogLine[] = [];
  return await calls.track(
    executor.runHttpAction(request, {
      ...options,
      onLog: (line) => void logLines.push(line),
      onEnd: (error) =>
        log.tell({
          requestId: options.requestId,
          componentPath: "",
          path: `${request.method} ${new URL(request.url).pathname}`,
          kind: "httpAction",
          startedAtMs,
          durationMs: performance.now() - startedTick,
          error: error?.message ?? null,
          logLines,
        }),
    }),
  );
}
