/** The runtime as its servers and embedders see it: the interface `Runtime` over the parts. */
import type { Executor, LogLine } from "../execution/types";
import type { Deployer } from "./deployer";
import type { Environment } from "./environment";
import type { OpenFiles } from "./files/openFiles";
import type { FunctionCalls } from "./functionCalls";
import { routeHttp } from "./httpRouting";
import type { Listeners } from "./listeners";
import type { LiveQueryEngine } from "./liveQueries";
import type { Exports } from "./transfer/exports";
import { identityTypeOf } from "./runner";
import type { Imports } from "./transfer/imports";
import type { MeterReport, LogEntry, LogProgress, Runtime } from "./types";

const GRACE_MS = 5_000;

type Parts = {
  calls: FunctionCalls;
  live: LiveQueryEngine;
  deployer: Deployer;
  environment: Environment;
  log: Listeners<LogEntry>;
  progress: Listeners<LogProgress>;
  inlineQuery: Runtime["inlineQuery"];
  executor: Executor;
  checkStore(): void;
  jwks(): string;
  files: OpenFiles;
  exports: Exports;
  imports: Imports;
  meter(): MeterReport;
  close(graceMs: number): Promise<void>;
};

export function createFacade(parts: Parts): Runtime {
  const { calls, live, deployer, environment, log } = parts;
  let closing: Promise<void> | undefined;
  return {
    live: { ...live, watch: (request) => calls.watch(request) },
    query: (request) => calls.query(request),
    mutation: (request) => calls.mutation(request),
    action: (request) => calls.action(request),
    run: (request) => calls.run(request),
    async inlineQuery(request) {
      calls.requireOpen();
      return await calls.track(parts.inlineQuery(request));
    },
    httpAction: (request, options) => runHttpAction(parts, request, options),
    stagePush: (push) => deployer.stage(push),
    deploy: async (push) => await deployer.deploy(push),
    deployment: () => deployer.deployment,
    onDeploy: (listener) => deployer.onDeploy.add(listener),
    environment: () => environment.variables(),
    setEnvironment: async (changes) => await deployer.setEnvironment(changes),
    authProviders: () => deployer.authProviders,
    onAuthProviders: (listener) => deployer.onAuthProviders.add(listener),
    checkStore: () => parts.checkStore(),
    jwks: () => parts.jwks(),
    onLog: (listener) => log.add(listener),
    onProgress: (listener) => parts.progress.add(listener),
    files: parts.files.http,
    exports: parts.exports,
    imports: parts.imports,
    meter: () => parts.meter(),
    close: ({ graceMs = GRACE_MS } = {}) => (closing ??= parts.close(graceMs)),
  };
}

const NO_HTTP_ACTIONS = "This Convex deployment does not have HTTP actions enabled.";

async function runHttpAction(
  { calls, deployer, executor, log, progress }: Parts,
  request: Request,
  options: Parameters<Runtime["httpAction"]>[1],
): Promise<Response> {
  calls.requireOpen();
  const { method } = request;
  const path = new URL(request.url).pathname;
  const target = routeHttp(deployer.deployment, { method, path });
  if (target === null) return new Response(NO_HTTP_ACTIONS, { status: 404 });
  const startedAtMs = Date.now();
  const described = {
    requestId: options.requestId,
    componentPath: target.componentPath,
    path: `${method} ${path}`,
    kind: "httpAction",
    startedAtMs,
  } as const;
  const startedTick = performance.now();
  const logLines: LogLine[] = [];
  return await calls.asAction(options, () =>
    executor.runHttpAction(request, {
      ...options,
      target,
      onLog(line) {
        logLines.push(line);
        progress.tell({ ...described, line });
      },
      onEnd: (error) =>
        log.tell({
          ...described,
          durationMs: performance.now() - startedTick,
          error: error?.message ?? null,
          logLines,
          identityType: identityTypeOf(options.identity),
          used: null,
        }),
    }),
  );
}
