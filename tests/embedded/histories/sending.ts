/** From the steps that were generated to those that are sent: bounds and cursors become those of this history. */
import type { Query, Result, Step } from "../../fixtures/projects/histories/convex/steps";
import type { JsonDocument } from "../../../src/embedded/values/json";
import { toQuery } from "../engine/arbitraries";
import type { CursorSpec, QuerySpec, StepSpec } from "./arbitraries";
import { FIELDS } from "./reading";

/** A page that was read: its query and where it ended. */
export type SeenPage = { query: Query; cursor: string };

export type Sender = {
  /** The documents of a table, as they are now. */
  docs: (table: string) => JsonDocument[];
  pages: readonly SeenPage[];
};

export function toSteps(sender: Sender, steps: readonly StepSpec[]): Step[] {
  return steps.map((step): Step => {
    if (step.kind === "read") return { ...step, query: settleQuery(sender, step.query) };
    if (step.kind === "page") return settlePage(sender, step);
    if ("steps" in step) return { ...step, steps: toSteps(sender, step.steps) };
    return step;
  });
}

const INDEXES: Record<string, string[]> = {
  t: ["by_id", "by_creation_time", "by_a_b", "by_deep"],
  u: ["by_id", "by_creation_time", "by_n"],
};

function settleQuery({ docs }: Sender, { table, range, filter }: QuerySpec): Query {
  const names = INDEXES[table] ?? [];
  const fields = Object.fromEntries(names.map((name) => [name, FIELDS[name] ?? []]));
  const query = toQuery(range, docs(table), fields);
  const isWhole = query.indexName === "by_creation_time" && query.range.length === 0;
  return {
    ...query,
    range: query.range as Query["range"],
    table,
    filter,
    indexName: isWhole ? null : query.indexName,
  };
}

function settlePage(sender: Sender, step: StepSpec & { kind: "page" }): Step {
  const start = seen(sender.pages, step.cursor);
  const query =
    start === undefined || step.cursor?.isForeign ? settleQuery(sender, step.query) : start.query;
  const text = JSON.stringify(query);
  const own = sender.pages.filter((page) => JSON.stringify(page.query) === text);
  const end = seen(step.endCursor?.isForeign ? sender.pages : own, step.endCursor);
  return { ...step, query, cursor: start?.cursor ?? null, endCursor: end?.cursor ?? null };
}

function seen(pages: readonly SeenPage[], cursor: CursorSpec | null): SeenPage | undefined {
  return cursor === null ? undefined : pages[cursor.which % pages.length];
}

/** The pages that a program read, those of its calls included. */
export function pagesOf(steps: readonly Step[], results: readonly Result[]): SeenPage[] {
  return results.flatMap((result, i) => {
    const step = steps[i];
    if (step?.kind === "page" && "page" in result) {
      return [{ query: step.query, cursor: result.page.continueCursor }];
    }
    if (step?.kind !== "call") return [];
    if ("returned" in result) return pagesOf(step.steps, result.returned);
    return "failed" in result ? pagesOf(step.steps, result.failed) : [];
  });
}
