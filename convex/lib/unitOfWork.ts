/**
 * A mutation's database that reads each row once and writes it once, however many of the mutation's parts look at it or
 * change it: each call of Convex's takes its time, each read of a row counts as one, and a turn's commits are made of
 * more than a dozen parts that know nothing of each other.
 *
 * Whoever reads sees what was changed before, by id and by query alike: what is unwritten of a table is written before
 * rows of it are queried, and all of it before another function is called and at the mutation's end.
 */
import type { GenericDatabaseWriter } from "convex/server";
import type { GenericId, Value } from "convex/values";
import type { DataModel, TableNames } from "../_generated/dataModel";
import { internalMutation, type MutationCtx } from "../_generated/server";

type Db = GenericDatabaseWriter<DataModel>;
type Id = GenericId<TableNames>;
type Row = Record<string, Value | undefined>;
type Known = {
  table: TableNames;
  row: Row | null;
  /** Not yet written. */
  changes: Row | null;
};

/** As `internalMutation`, with such a database. */
export const unitMutation = (({ handler, ...definition }: Definition) =>
  internalMutation({
    ...definition,
    handler: async (ctx: MutationCtx, args: unknown): Promise<unknown> =>
      await inOneUnit(ctx, async (unit) => await handler(unit, args)),
  } as never)) as unknown as typeof internalMutation;

type Definition = { handler: (ctx: MutationCtx, args: unknown) => unknown };

/** Runs `work` with such a database, and has all of it written. Should it fail, the mutation has to fail, too. */
export async function inOneUnit<T>(
  ctx: MutationCtx,
  work: (ctx: MutationCtx) => Promise<T>,
): Promise<T> {
  const unit = new UnitOfWork(ctx.db);
  const result = await work({
    ...ctx,
    db: unit.db(),
    runQuery: async (query, ...args) => {
      await unit.write();
      return await ctx.runQuery(query, ...args);
    },
    runMutation: async (mutation, ...args) => {
      await unit.write();
      unit.forget();
      return await ctx.runMutation(mutation, ...args);
    },
  });
  await unit.write();
  return result;
}

/** What reads rows of a query; its other methods only say which. */
const READS: ReadonlySet<PropertyKey> = new Set([
  "collect",
  "count",
  "first",
  "next",
  "paginate",
  "take",
  "unique",
]);

class UnitOfWork {
  readonly #db: Db;
  readonly #known = new Map<Id, Known>();

  constructor(db: Db) {
    this.#db = db;
  }

  db(): Db {
    const own = {
      get: async (table: TableNames, id: Id) => (await this.#read(table, id)).row,
      patch: async (table: TableNames, id: Id, changes: Row) => {
        const known = await this.#read(table, id);
        // Convex says what is wrong with it.
        if (known.row === null) return await this.#db.patch(table, id, changes as never);
        known.row = withoutUndefined({ ...known.row, ...changes });
        known.changes = { ...known.changes, ...changes };
      },
      replace: async (table: TableNames, id: Id, row: never) => {
        this.#known.delete(id);
        await this.#db.replace(table, id, row);
      },
      delete: async (table: TableNames, id: Id) => {
        this.#known.delete(id);
        await this.#db.delete(table, id);
      },
      query: (table: TableNames) => this.#afterWriting(table, this.#db.query(table)),
    };
    return new Proxy(this.#db, {
      get: (db, name) =>
        name in own ? own[name as keyof typeof own] : (Reflect.get(db, name) as unknown),
    });
  }

  /** Writes whatever is not yet written, of one table or of all. */
  async write(of?: TableNames): Promise<void> {
    for (const [id, known] of this.#known) {
      const { table, changes } = known;
      if (changes === null || (of !== undefined && of !== table)) continue;
      known.changes = null;
      await this.#db.patch(table, id, changes as never);
    }
  }

  /** Somebody else may change the rows. */
  forget(): void {
    this.#known.clear();
  }

  async #read(table: TableNames, id: Id): Promise<Known> {
    const before = this.#known.get(id);
    if (before !== undefined) return before;
    const row = (await this.#db.get(table, id)) as Row | null;
    // Somebody else may have asked for it meanwhile, and changed it.
    const known = this.#known.get(id) ?? { table, row, changes: null };
    this.#known.set(id, known);
    return known;
  }

  #afterWriting<Query extends object>(table: TableNames, query: Query): Query {
    return new Proxy(query, {
      get: (_, name) => {
        const value = Reflect.get(query, name, query) as unknown;
        if (typeof value !== "function") return value;
        const call = (args: unknown[]) => Reflect.apply(value, query, args) as unknown;
        if (READS.has(name)) {
          return async (...args: unknown[]) => {
            await this.write(table);
            return await call(args);
          };
        }
        return (...args: unknown[]) => {
          const result = call(args);
          const isQuery = typeof result === "object" && result !== null && !("then" in result);
          return isQuery ? this.#afterWriting(table, result) : result;
        };
      },
    });
  }
}

function withoutUndefined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
