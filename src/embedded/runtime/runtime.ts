/** Puts the parts together: one store, one order of commits, live queries, scheduler, crons, the deployment. */
import type { AuthProvider, Push } from "../deploy/types";
import { openCatalog } from "../engine/catalog";
import { openCursorSealer } from "../engine/cursor";
import { createTransaction } from "../engine/transaction";
import type { ComponentPath, Journal, Transaction } from "../engine/types";
import type { ActionHost, Executor, TransactionHost } from "../execution/types";
import type { Store } from "../store/store";
import { findFunction } from "./access";
import { createCommitClock } from "./clock";
import { createCommitter, type Committer } from "./committer";
import { createComponentEnvironment } from "./componentEnvironment";
import { Contention, type ContentionOptions } from "./contention/contention";
import { straightTo } from "./contention/types";
import { createCrons } from "./crons";
import { Deployer, type AnalysisText, type DeployerOptions } from "./deployer";
import { openEnvironment, type Variables } from "./environment";
import { createFacade } from "./facade";
import { openFiles } from "./files/openFiles";
import { FunctionCalls } from "./functionCalls";
import { createActionHost, createTransactionHost, type HostOptions } from "./hosts";
import { Listeners } from "./listeners";
import { createLiveQueries } from "./liveQueries";
import { RETENTION_MS, startSweeping } from "./retention";
import { createRunner } from "./runner";
import { createScheduler, type Scheduler } from "./scheduler";
import { createInlineQueries } from "./inlineQueries";
import { createSystemQueryRunner } from "./systemCalls";
import { ensureSystemTables } from "./systemTables";
import { createExports } from "./transfer/exports";
import { createImports } from "./transfer/imports";
import { afterRealMs } from "./turn";
import type { TokenSigner } from "./tokenSigner";
import { createTurnBatch } from "./turnBatch";
import { createVectorSearches } from "./vectorSearch";
import { UsageMeter } from "./usage/usageMeter";
import type { LogEntry, LogProgress, Runtime } from "./types";

/** What runs functions and reads projects; given from outside so that the runtime can be tested without them. */
export type RuntimeParts = {
  createExecutor(hosts: {
    transactionHost: TransactionHost;
    actionHost: ActionHost;
  }): Executor & { guard<T>(run: () => T): T };
  analyze: DeployerOptions["analyze"];
  analysisText: AnalysisText;
  lastServed?: DeployerOptions["lastServed"];
  evaluateAuthConfig: (push: Push, variables: Variables) => Promise<readonly AuthProvider[]>;
};

export type RuntimeOptions = {
  store: Store;
  /** What the runtime's surroundings set for functions: CONVEX_CLOUD_URL, CONVEX_SITE_URL. */
  systemEnvironment?: () => Variables;
  /** How many scheduled actions run at once. */
  actionsMax?: number;
  /** How long versions of documents are kept after they were replaced or deleted. */
  retentionMs?: number;
  /** Signs the deployment's own tokens; without it, functions cannot. */
  tokenSigner?: TokenSigner;
  /** False keeps crons from running, for tests. */
  runCrons?: boolean;
  /** How long each mutation counts as having taken when conflicts are judged. Without it, nothing conflicts. */
  occWindowMs?: number;
  /** How the pauses between attempts are made, for tests. */
  occPauses?: Pick<ContentionOptions, "random" | "after">;
};

/** As at Convex. */
const ACTIONS_MAX = 8;

/** A runtime with the inside that test drivers need: nothing else should use more than `runtime`. */
export type Assembly = {
  runtime: Runtime;
  committer: Committer;
  scheduler: Scheduler;
  executor: Executor;
  transactionHost: TransactionHost;
};

/** Serves the store's last push, if there is one, and starts its scheduled functions. */
export async function assembleRuntime(
  parts: RuntimeParts,
  options: RuntimeOptions,
): Promise<Assembly> {
  const { store } = options;
  const data = openData(store);
  const wired = wire(parts, { ...options, data });
  const { calls, committer, contention, crons, deployer, executor, scheduler } = wired;
  const { componentPaths, exports, files, imports, usage } = wired;

  const components = new Set(["", ...componentPaths()]);
  await committer.administer(() => ensureSystemTables(data.catalog, components));
  await files.keeper.start();
  await exports.start();
  await imports.start();
  await deployer.restore();
  await scheduler.start();
  deployer.onDeploy.add(() => scheduler.wake());
  if (options.runCrons !== false) {
    await crons.start();
    deployer.onDeploy.add(() => void crons.reload());
  }
  const stopSweeping = startSweeping({
    committer,
    store,
    clock: data.clock,
    retentionMs: options.retentionMs ?? RETENTION_MS,
    componentPaths,
  });

  const runtime = createFacade({
    ...wired,
    checkStore: () => void store.getSetting("health"),
    meter: () => ({
      contention: contention?.report() ?? null,
      usage: usage.report(),
      commits: committer.counts(),
      scheduledJobs: scheduler.peaks(),
    }),
    jwks: () => options.tokenSigner?.jwks() ?? '{"keys":[]}',
    async close(graceMs) {
      stopSweeping();
      contention?.stop();
      calls.refuseFromOutside();
      const settled = Promise.all([scheduler.stop(), crons.stop(), calls.settled()]);
      await Promise.race([
        settled,
        new Promise((resolve) => afterRealMs(graceMs, () => resolve(null))),
      ]);
      await exports.stop();
      await imports.stop();
      await files.keeper.stop();
      await committer.close();
      await executor.close();
      store.close();
    },
  });
  return { ...wired, runtime };
}

type Data = ReturnType<typeof openData>;

/** The catalogue, the clock and the making of transactions over one store. */
function openData(store: Store) {
  const catalog = openCatalog(store);
  const sealer = openCursorSealer(store);
  const clock = createCommitClock(store.lastTsMicros());
  return {
    catalog,
    clock,
    // The function's time is its commit's: a document is never newer than the commit that made it.
    beginMutation: (tsMicros: number): Transaction =>
      createTransaction({
        store,
        catalog,
        sealer,
        kind: "mutation",
        nowMs: Math.floor(tsMicros / 1000),
      }),
    beginQuery: (journal: Journal): Transaction =>
      createTransaction({ store, catalog, sealer, kind: "query", nowMs: clock.nowMs(), journal }),
  };
}

/** Makes the parts and connects them. Parts that need each other do so through functions called later. */
function wire(parts: RuntimeParts, options: RuntimeOptions & { data: Data }) {
  const { store, data } = options;
  const { catalog, clock } = data;
  const log = new Listeners<LogEntry>();
  const progress = new Listeners<LogProgress>();
  const environment = openEnvironment(store, options.systemEnvironment ?? (() => ({})));
  const deployment = () => deployer.deployment;
  const environmentOf = createComponentEnvironment({ environment, deployment });
  const find = (target: { componentPath: ComponentPath; name: string }) =>
    findFunction(deployer.deployment, target);
  const componentPaths = () => catalog.componentPaths();
  const guard = <T>(run: () => T): T => executor.guard(run);
  const guardReading = <T>(run: () => T): T => store.reading(() => guard(run));

  const contention = openContention(options, {
    committer: () => committer,
    log: (entry) => log.tell(entry),
  });
  const ordering = contention ?? straightTo(() => committer);
  const committer: Committer = createCommitter({
    store,
    clock,
    beginTransaction: data.beginMutation,
    afterRollback: () => catalog.reload(),
    guard,
    judge: contention,
    onCommit({ footprints, transactions, tsMicros }) {
      live.committed(footprints, tsMicros);
      vectors.committed(footprints);
      for (const tx of transactions) scheduler.committed(tx, tsMicros);
    },
  });
  const vectors = createVectorSearches({ store, catalog });
  const files = openFiles({ ...options, ...data, committer, componentPaths });
  const exports = createExports({
    folder: store.folder,
    catalog,
    committer,
    files: files.store,
  });
  const imports = createImports({
    folder: store.folder,
    store,
    catalog,
    committer,
    files: files.store,
    doubt: (key) => files.keeper.doubt(key),
  });
  const hostOptions: HostOptions = {
    fileSyscalls: files.syscalls,
    tokenSigner: options.tokenSigner,
    deployment,
    environment: environmentOf,
    catalog,
    noteScheduled: (tx, job) => scheduler.noteScheduled(tx, job),
  };
  const transactionHost = createTransactionHost(hostOptions);
  const actionHost = createActionHost({
    ...hostOptions,
    committer,
    transactionHost,
    blobs: files.blobs,
    vectors,
    run: (kind, call) => calls.fromAction(kind, call),
  });
  const executor = parts.createExecutor({ transactionHost, actionHost });
  const usage = new UsageMeter();
  const runner = createRunner(executor, {
    log: { ended: (entry) => log.tell(entry), progressed: (line) => progress.tell(line) },
    meter: usage,
  });
  const deployer: Deployer = new Deployer({
    ...parts,
    store,
    catalog,
    clock,
    committer,
    executor,
    environment,
    beginTransaction: data.beginMutation,
  });
  const live = createLiveQueries({
    run: (call) => calls.runQuery(call),
    nowMs: () => clock.nowMs(),
    lastTsMicros: store.lastTsMicros(),
    guard: guardReading,
  });
  const reading = { runner, batch: createTurnBatch(guardReading), beginQuery: data.beginQuery };
  const inlineQuery = createInlineQueries({ ...reading, deployment, environment: environmentOf });
  const calls: FunctionCalls = new FunctionCalls({
    ...reading,
    ordering,
    live,
    deployment,
    lastTsMicros: () => store.lastTsMicros(),
    runSystemQuery: createSystemQueryRunner((componentPath, tx) => ({
      tx,
      componentPath,
      catalog,
      deployment: deployer.deployment,
      variables: environment.variables(),
      environment: environmentOf(componentPath),
    })),
  });
  const isServing = () => deployer.deployment !== null;
  const jobOptions = {
    committer,
    ordering,
    runner,
    clock,
    findFunction: find,
    componentPaths,
    isServing,
  };
  const actionsMax = options.actionsMax ?? ACTIONS_MAX;
  const scheduler: Scheduler = createScheduler({ ...jobOptions, actionsMax });
  const crons = createCrons(jobOptions);
  return {
    calls,
    committer,
    componentPaths,
    contention,
    crons,
    deployer,
    environment,
    executor,
    exports,
    files,
    imports,
    live,
    log,
    progress,
    inlineQuery,
    scheduler,
    transactionHost,
    usage,
  };
}

function openContention(
  { data, occWindowMs = 0, occPauses }: RuntimeOptions & { data: Data },
  { committer, log }: { committer: () => Committer; log: (entry: LogEntry) => void },
): Contention | null {
  if (occWindowMs <= 0) return null;
  return new Contention({
    windowMs: occWindowMs,
    committer,
    catalog: data.catalog,
    onConflict: ({ requestId, componentPath, name }, error) =>
      log({
        requestId,
        componentPath,
        path: name,
        kind: "mutation",
        startedAtMs: Date.now(),
        durationMs: 0,
        error,
        logLines: [],
        identityType: null,
        used: null,
      }),
    ...occPauses,
  });
}
