/**
 * A push that is served in steps, as Convex's CLI does it.
 *
 *   checked ──▶ preparing ──▶ prepared ──▶ served
 *                   │ failed      │
 *                   └─────────────┴─▶ overtaken: another push has changed the tables meanwhile
 *
 * Until it is served, the old push serves, and nothing of what a push leaves behind is visible.
 */
import { PushError, type AuthProvider, type Deployment, type Push } from "../deploy/types";
import type { SchemaPushProgress } from "../engine/schemaPush";
import type { ComponentPath } from "../engine/types";
import type { Variables } from "./environment";
import type { SchemaStage } from "./schemaStage";

export interface StagedPush {
  readonly deployment: Deployment;
  readonly authProviders: readonly AuthProvider[];
  /** The variables it was checked with. */
  readonly variables: Variables;
  /** Which indexes it brings and which go. */
  readonly schemaChanges: ReturnType<SchemaStage["changes"]>;
  readonly state: StagedState;
  /** How many documents a table has now. */
  documentCount(componentPath: ComponentPath, table: string): number;
  /** Whether a component has data now. */
  hasDocuments(componentPath: ComponentPath): boolean;
  progress(): ReadonlyMap<ComponentPath, SchemaPushProgress>;
  /** Checks stored documents and fills indexes. Asked again, waits for the same. Never rejects: see `state`. */
  prepare(): Promise<void>;
  /**
   * Serves it.
   *
   * @throws PushError - It cannot be served (any more); what was served before still is. With the code
   *   "RaceDetected" another attempt may succeed.
   */
  serve(): Promise<Deployment>;
  /** Takes back what `prepare` did. */
  abandon(): Promise<void>;
}

export type StagedState =
  | { kind: "checked" }
  | { kind: "preparing" }
  | { kind: "prepared" }
  | { kind: "failed"; error: unknown }
  | { kind: "overtaken" }
  | { kind: "served" };

/** A push whose code was analysed. */
export type CheckedPush = Readonly<{
  push: Push;
  deployment: Deployment;
  authProviders: readonly AuthProvider[];
  variables: Variables;
}>;

/** What the deployer does for its staged pushes. */
export type StagedPushHost = {
  inOrder<T>(change: () => Promise<T>): Promise<T>;
  variables(): Variables;
  /** Whose preparation the tables hold: there is room for one. */
  holder(): StagedPushSteps | null;
  /** Overtakes the holder. */
  setHolder(next: StagedPushSteps | null): Promise<void>;
  planSchemas(deployment: Deployment): SchemaStage;
  serve(checked: CheckedPush, stage: SchemaStage): Promise<Deployment>;
};

export class StagedPushSteps implements StagedPush {
  readonly #host: StagedPushHost;
  readonly #checked: CheckedPush;
  readonly #stage: SchemaStage;
  #state: StagedState = { kind: "checked" };
  #preparation: Promise<void> | null = null;

  /** @throws PushError - A schema itself is wrong. */
  constructor(host: StagedPushHost, checked: CheckedPush) {
    this.#host = host;
    this.#checked = checked;
    this.#stage = host.planSchemas(checked.deployment);
  }

  get deployment(): Deployment {
    return this.#checked.deployment;
  }

  get authProviders(): readonly AuthProvider[] {
    return this.#checked.authProviders;
  }

  get variables(): Variables {
    return this.#checked.variables;
  }

  get schemaChanges(): StagedPush["schemaChanges"] {
    return this.#stage.changes();
  }

  get state(): StagedState {
    return this.#state;
  }

  documentCount(componentPath: ComponentPath, table: string): number {
    return this.#stage.documentCount(componentPath, table);
  }

  hasDocuments(componentPath: ComponentPath): boolean {
    return this.#stage.hasDocuments(componentPath);
  }

  progress(): ReturnType<StagedPush["progress"]> {
    return this.#stage.progress();
  }

  prepare(): Promise<void> {
    // What another push prepares in vain need not come to its end first.
    if (this.#preparation === null && this.#stage.needsPreparation) this.#host.holder()?.overtake();
    return (this.#preparation ??= this.#host.inOrder(() => this.#prepareInTurn()));
  }

  serve(): Promise<Deployment> {
    return this.#host.inOrder(async () => {
      await this.#prepareInTurn();
      if (this.#state.kind === "failed") throw this.#state.error;
      const { deployment, variables } = this.#checked;
      if (this.#host.variables() !== variables) throw raceDetected();
      const holds = this.#host.holder() === this;
      const stage = holds ? this.#stage : this.#host.planSchemas(deployment);
      // It was overtaken, or it needed no preparation before another push was served.
      if (!holds && stage.needsPreparation) throw raceDetected();
      if (!holds) await this.#host.setHolder(null);
      const served = await this.#host.serve(this.#checked, stage);
      this.#state = { kind: "served" };
      return served;
    });
  }

  abandon(): Promise<void> {
    return this.#host.inOrder(async () => {
      if (this.#host.holder() === this) await this.#host.setHolder(null);
      this.overtake();
    });
  }

  /** Another push goes first: this one will not be served. */
  overtake(): void {
    if (this.#state.kind === "served" || this.#state.kind === "failed") return;
    this.#state = { kind: "overtaken" };
    this.#stage.stop();
  }

  /** Takes back what it left in the tables. */
  async clear(): Promise<void> {
    await this.#stage.abandon();
  }

  async #prepareInTurn(): Promise<void> {
    if (this.#state.kind !== "checked") return;
    if (this.#stage.needsPreparation) {
      await this.#host.setHolder(this);
      this.#state = { kind: "preparing" };
      const failure = await this.#stage.prepare().then(
        () => null,
        (error: unknown) => ({ error }),
      );
      // It may have been overtaken while it waited.
      if ((this.#state as StagedState).kind !== "preparing") return;
      if (failure !== null) {
        await this.#host.setHolder(null);
        this.#state = { kind: "failed", ...failure };
        return;
      }
    }
    this.#state = { kind: "prepared" };
  }
}

export const RACE_DETECTED = "RaceDetected";

export function raceDetected(): PushError {
  return new PushError("Schema or environment variables changed during push", {
    code: RACE_DETECTED,
  });
}
