/// <reference types="vite/client" />
/**
 * The two backends that the conformance suite runs on. What they are known to differ in is listed in
 * `DIFFERENCES`; the suite asserts each one on both sides, so that the list cannot go stale.
 */
import { convexTest } from "convex-test";
import type { GenericActionCtx, GenericDataModel, GenericMutationCtx } from "convex/server";
import type { FunctionReference, UserIdentity } from "convex/server";
import schema from "../../fixtures/projects/conformance/convex/schema";
import { embeddedTest } from "../driver/embeddedTest";

type AnyArgs = Record<string, unknown>;
type Run = <T>(
  fn: (
    ctx: GenericMutationCtx<GenericDataModel> & Pick<GenericActionCtx<GenericDataModel>, "storage">,
  ) => Promise<T>,
) => Promise<T>;

/** The part of convex-test's facade that the suite uses. */
export type Caller = {
  query(reference: FunctionReference<"query">, args?: AnyArgs): Promise<unknown>;
  mutation(reference: FunctionReference<"mutation">, args?: AnyArgs): Promise<unknown>;
  action(reference: FunctionReference<"action">, args?: AnyArgs): Promise<unknown>;
};
export type Backend = Caller & {
  withIdentity(identity: Partial<UserIdentity>): Caller;
  run: Run;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
};

const PROJECT = "tests/fixtures/projects/conformance";

async function openConvexTest(): Promise<Backend> {
  const modules = import.meta.glob("../../fixtures/projects/conformance/convex/**/*.ts");
  // convex-test finds the functions folder by its `_generated`, which a fixture has not.
  const marker = "../../fixtures/projects/conformance/convex/_generated/api.js";
  const t = convexTest(schema, { ...modules, [marker]: () => Promise.resolve({}) });
  return Object.assign(t as unknown as Omit<Backend, "close">, { close: () => Promise.resolve() });
}

async function openEmbedded(): Promise<Backend> {
  return (await embeddedTest({ project: PROJECT })) as unknown as Backend;
}

export const DRIVERS = [
  { name: "convex-test", open: openConvexTest },
  { name: "embedded", open: openEmbedded },
] as const;

/** Where the drivers differ, and which one does as Convex does. */
export const DIFFERENCES = {
  ids: "convex-test's ids are a counter and the table's name; the embedded runtime's are Convex's.",
  cursors:
    "A cursor that is none: InvalidCursor on the embedded runtime as on Convex, a JSON error on convex-test.",
  filters:
    "convex-test compares values of different types as JavaScript does; Convex and the embedded runtime by their order of types.",
  searchWords:
    "convex-test takes texts apart at spaces and looks for longer words that begin with any of the query's; Convex and the embedded runtime take texts apart at all that is no letter or number, and look so for the last word only.",
  searchOrder:
    "convex-test gives what a search finds in the order of creation; Convex and the embedded runtime in that of relevance, the newest of equals first.",
  searchErrors:
    "convex-test does not check a search against its index's filter fields; Convex and the embedded runtime do.",
  vectorLengths:
    "convex-test compares vectors of any length and does not check a search against its index; Convex and the embedded runtime find vectors of the index's length only, and refuse others.",
  vectorLimit:
    "Without a limit, convex-test gives every document; Convex and the embedded runtime give ten.",
  jobErrors: "convex-test does not keep the error of a failed scheduled function.",
} as const;

/** The same of files. */
export const FILE_DIFFERENCES = {
  inMutations: "convex-test has no `storage.store` and `storage.get` in mutations.",
  contentType:
    "convex-test's row of a file has no content type; Convex's and the embedded runtime's has it, or null.",
  metadata: "convex-test has no `storage.getMetadata`.",
  digests: "convex-test does not compare the digest that `storage.store` was given.",
  missing: "Deleting a file that is gone is refused in other words.",
} as const;

/** The same of what lies at the edges. */
export const EDGE_DIFFERENCES = {
  nestedErrors:
    "A mutation that catches a nested mutation's ConvexError has its data on Convex and the embedded runtime, and a plain error on convex-test.",
  limits: "convex-test does not limit the size of values; Convex and the embedded runtime do.",
  systemTables:
    "On convex-test, `db.get` gives rows of system tables and `db.system.get` those of others; Convex and the embedded runtime refuse.",
  completedTime: "convex-test's rows of scheduled functions do not say when they were done.",
  cancelDone:
    "On convex-test, cancelling a scheduled function that has run makes its row say canceled; on Convex and the embedded runtime the row stays as it is.",
} as const;

/** The same of validators. */
export const SHAPE_DIFFERENCES = {
  literals:
    "convex-test refuses a big integer that a literal names; Convex and the embedded runtime take it.",
  records:
    "convex-test takes anything for a record; Convex and the embedded runtime look at its values.",
} as const;
