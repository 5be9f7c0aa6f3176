/**
 * What is served: the deployment, its sign-in providers and the environment. Changes come one at a time, and
 * each is complete or nothing: it is checked first, then stored in one commit, and only then served.
 */
import { createHash } from "node:crypto";
import { PushError, type AuthProvider, type Deployment, type Push } from "../deploy/types";
import type { StoredCatalog } from "../engine/catalog";
import type { Transaction } from "../engine/types";
import type { Executor } from "../execution/types";
import type { Store } from "../store/store";
import type { CommitClock } from "./clock";
import type { Committer } from "./committer";
import { missingVariables, requireAllowedChanges } from "./componentEnvironment";
import { checkCrons, reconcileCrons } from "./crons";
import type { Environment, VariableChanges, Variables } from "./environment";
import { Listeners } from "./listeners";
import { SchemaStage } from "./schemaStage";
import { StagedPushSteps, type CheckedPush, type StagedPush } from "./stagedPush";

/** The last good push, served again after a restart. */
const PUSH_SETTING = "push";
/** What analysing it found. */
const ANALYSIS_SETTING = "analysis";

/** Which analysis it is: the hash of its text. */
const ANALYSIS_HASH_SETTING = "analysis_hash";

export type Served = { push: Push; deployment: Deployment };

/** What `analyze` made as text, and back; null for a text that has to be made anew. */
export type AnalysisText = {
  toText(deployment: Deployment): string;
  fromText(push: Push, text: string): Deployment | null;
};

export type DeployerOptions = {
  store: Store;
  catalog: StoredCatalog;
  committer: Committer;
  clock: CommitClock;
  executor: Executor;
  environment: Environment;
  beginTransaction: (tsMicros: number) => Transaction;
  /** `served`: what of it has been worked out already, if anything. */
  analyze: (push: Push, variables: Variables, served: Deployment | null) => Promise<Deployment>;
  analysisText: AnalysisText;
  /** What this process has served last, by the hash of its analysis. Without it, nothing is shared. */
  lastServed?: Map<string, Served> | undefined;
  evaluateAuthConfig: (push: Push, variables: Variables) => Promise<readonly AuthProvider[]>;
};

export class Deployer {
  readonly onDeploy = new Listeners<Deployment>();
  readonly onAuthProviders = new Listeners<readonly AuthProvider[]>();
  readonly #options: DeployerOptions;
  /** The staged push whose preparation the tables hold. */
  #holder: StagedPushSteps | null = null;
  #push: Push | null = null;
  #deployment: Deployment | null = null;
  #authProviders: readonly AuthProvider[] = [];
  /** The last change that was asked for; the next one waits for it. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: DeployerOptions) {
    this.#options = options;
  }

  get deployment(): Deployment | null {
    return this.#deployment;
  }

  get authProviders(): readonly AuthProvider[] {
    return this.#authProviders;
  }

  /** Serves the last good push of an earlier process, if there was one. */
  async restore(): Promise<void> {
    const { evaluateAuthConfig, environment } = this.#options;
    try {
      const stored = await this.#stored();
      if (stored === null) return;
      this.#serve(stored);
      this.#authProviders = await evaluateAuthConfig(stored.push, environment.ofApp());
    } catch (error) {
      // Not a reason to stay down: the next push mends it, and the data is untouched.
      console.error("The last push cannot be served any more. Push the project again.", error);
    }
  }

  async #stored(): Promise<Served | null> {
    const { store, analyze, analysisText, environment, lastServed } = this.#options;
    const hash = store.getSetting(ANALYSIS_HASH_SETTING);
    const shared = hash === null ? undefined : lastServed?.get(hash);
    if (shared !== undefined) return shared;
    const text = store.getSetting(PUSH_SETTING);
    if (text === null) return null;
    const push = JSON.parse(text) as Push;
    const found = store.getSetting(ANALYSIS_SETTING);
    const known = found === null ? null : analysisText.fromText(push, found);
    const deployment = known ?? (await analyze(push, environment.ofApp(), null));
    if (known !== null && hash !== null) {
      lastServed?.clear();
      lastServed?.set(hash, { push, deployment });
    }
    return { push, deployment };
  }

  /** @throws PushError - The push cannot be served; what was served before still is. */
  deploy(push: Push): Promise<Deployment> {
    return this.#inOrder(async () => {
      const checked = await this.#check(push);
      const stage = new SchemaStage(this.#options, checked.deployment);
      await this.#setHolder(null);
      await stage.prepare();
      return await this.#switchTo(checked, stage);
    });
  }

  /**
   * A push that its caller serves step by step.
   *
   * @throws PushError - The push cannot be served, whatever the data.
   */
  async stage(push: Push): Promise<StagedPush> {
    const checked = await this.#check(push);
    return new StagedPushSteps(
      {
        inOrder: (change) => this.#inOrder(change),
        variables: () => this.#options.environment.variables(),
        holder: () => this.#holder,
        setHolder: (next) => this.#setHolder(next),
        planSchemas: (deployment) => new SchemaStage(this.#options, deployment),
        serve: (staged, stage) => this.#switchTo(staged, stage),
      },
      checked,
    );
  }

  /** @throws RequestError, PushError - Nothing was changed. */
  setEnvironment(changes: VariableChanges): Promise<void> {
    return this.#inOrder(async () => {
      const { environment, committer, evaluateAuthConfig } = this.#options;
      requireAllowedChanges(this.#deployment, changes);
      const variables = environment.changed(changes);
      const seen = { ...environment.ofApp(), ...variables };
      for (const [name, value] of Object.entries(changes)) if (value === null) delete seen[name];
      const providers = this.#push === null ? [] : await evaluateAuthConfig(this.#push, seen);
      await committer.administer(() => environment.save(variables));
      environment.use(variables);
      this.#useProviders(providers);
    });
  }

  #inOrder<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(change, change);
    this.#lastChange = done.catch(() => {});
    return done;
  }

  async #check(push: Push): Promise<CheckedPush> {
    const { analyze, evaluateAuthConfig, clock, environment } = this.#options;
    const variables = environment.variables();
    const seen = environment.ofApp();
    const deployment = await analyze(push, seen, this.#deployment);
    checkCrons(deployment, clock.nowMs());
    const problem = missingVariables(deployment, variables);
    if (problem !== null) throw new PushError(problem, { code: "MissingEnvironmentVariables" });
    const authProviders = await evaluateAuthConfig(push, seen);
    return { push, deployment, authProviders, variables };
  }

  async #setHolder(next: StagedPushSteps | null): Promise<void> {
    const previous = this.#holder;
    this.#holder = next;
    if (previous === null || previous === next) return;
    previous.overtake();
    await previous.clear();
  }

  /** Brings tables, crons and the stored push to the deployment in one commit, or changes nothing. */
  async #switchTo(
    { push, deployment, authProviders }: CheckedPush,
    stage: SchemaStage,
  ): Promise<Deployment> {
    const { analysisText, catalog, committer, store, beginTransaction } = this.#options;
    const analysis = analysisText.toText(deployment);
    const hash = createHash("sha256").update(analysis).digest("hex");
    try {
      await committer.administer((tsMicros) => {
        stage.finish();
        const tx = beginTransaction(tsMicros);
        reconcileCrons(tx, deployment, catalog.componentPaths());
        tx.apply(tsMicros);
        store.setSetting(PUSH_SETTING, JSON.stringify(push));
        store.setSetting(ANALYSIS_SETTING, analysis);
        store.setSetting(ANALYSIS_HASH_SETTING, hash);
      });
    } catch (error) {
      await stage.abandon();
      throw error;
    } finally {
      this.#holder = null;
    }
    this.#serve({ push, deployment });
    this.#useProviders(authProviders);
    this.onDeploy.tell(deployment);
    return deployment;
  }

  #serve({ push, deployment }: Served): void {
    this.#options.executor.load(deployment);
    this.#push = push;
    this.#deployment = deployment;
  }

  #useProviders(providers: readonly AuthProvider[]): void {
    if (JSON.stringify(providers) === JSON.stringify(this.#authProviders)) return;
    this.#authProviders = providers;
    this.onAuthProviders.tell(providers);
  }
}
