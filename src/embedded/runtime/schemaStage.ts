/** Brings the tables of all components to what a deployment's schemas want. */
import { PushError, type Deployment } from "../deploy/types";
import type { StoredCatalog } from "../engine/catalog";
import { SchemaError } from "../engine/schemaDefinition";
import {
  planSchema,
  type IndexChanges,
  type SchemaPush,
  type SchemaPushProgress,
} from "../engine/schemaPush";
import type { ComponentPath } from "../engine/types";
import type { Store } from "../store/store";
import type { Committer } from "./committer";
import { ensureSystemTables } from "./systemTables";

export type SchemaStageOptions = { store: Store; catalog: StoredCatalog; committer: Committer };

/** As `SchemaPush`, for every component. What throws a `SchemaError` there throws a `PushError` here. */
export class SchemaStage {
  readonly #options: SchemaStageOptions;
  readonly #plans: ReadonlyMap<ComponentPath, SchemaPush>;
  #isStopped = false;

  /** @throws PushError - A schema itself is wrong. */
  constructor(options: SchemaStageOptions, deployment: Deployment) {
    this.#options = options;
    const { catalog, store } = options;
    this.#plans = new Map(
      [...deployment.components.values()].map(({ componentPath, schema }) => [
        componentPath,
        blaming(componentPath, () => planSchema(catalog, store, { componentPath, schema })),
      ]),
    );
  }

  get needsPreparation(): boolean {
    return [...this.#plans.values()].some((plan) => plan.needsPreparation);
  }

  progress(): ReadonlyMap<ComponentPath, SchemaPushProgress> {
    return new Map([...this.#plans].map(([path, plan]) => [path, plan.progress()]));
  }

  /** What becomes of the indexes, by component. */
  changes(): ReadonlyMap<ComponentPath, IndexChanges> {
    return new Map([...this.#plans].map(([path, plan]) => [path, plan.indexChanges]));
  }

  documentCount(componentPath: ComponentPath, table: string): number {
    const { catalog, store } = this.#options;
    const [byId] = catalog.table(componentPath, table)?.indexes ?? [];
    return byId === undefined ? 0 : store.count(byId.indexId);
  }

  /** Whether a component has data: one that was not served before has it from an earlier time. */
  hasDocuments(componentPath: ComponentPath): boolean {
    const { catalog, store } = this.#options;
    return catalog
      .tables(componentPath)
      .some(({ indexes: [byId] }) => byId !== undefined && store.count(byId.indexId) > 0);
  }

  /** @throws PushError - A stored document does not match. Everything is as before then. */
  async prepare(): Promise<void> {
    const { catalog, committer } = this.#options;
    await committer.prepare(() => ensureSystemTables(catalog, this.#plans.keys()));
    try {
      for (const [path, plan] of this.#plans) {
        await plan
          .prepare((body) => committer.prepare(() => (this.#requireGoingOn(), body())))
          .catch((error: unknown) => rethrow(error, path));
      }
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** Ends `prepare` at its next step. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Inside a store write transaction. */
  finish(): void {
    for (const [path, plan] of this.#plans) blaming(path, () => plan.finish());
  }

  /** Should this fail (a full disk), the next push or start does it. */
  async abandon(): Promise<void> {
    for (const plan of this.#plans.values()) {
      await plan.abandon((body) => this.#options.committer.prepare(body)).catch(() => {});
    }
  }

  #requireGoingOn(): void {
    if (this.#isStopped) throw new PushError("The push was stopped.");
  }
}

function blaming<T>(componentPath: ComponentPath, run: () => T): T {
  try {
    return run();
  } catch (error) {
    return rethrow(error, componentPath);
  }
}

function rethrow(error: unknown, componentPath: ComponentPath): never {
  if (!(error instanceof SchemaError)) throw error;
  const { message, table, documentId } = error;
  throw new PushError(message, { table, documentId, componentPath });
}
