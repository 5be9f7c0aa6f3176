/** Random histories: what clients do to one backend, one act after the other. */
import fc from "fast-check";
import type {
  CallStep,
  Comparison,
  Ending,
  Filter,
  ReadStep,
  Step,
  WriteStep,
} from "../../fixtures/projects/histories/convex/steps";
import type { Json } from "../../../src/embedded/values/json";
import { fewValues, fields, rangeSpec, write } from "../engine/arbitraries";

const which = fc.nat(1000);
const few = fc.integer({ min: 1, max: 4 });
const oneIn = (n: number) => fc.nat(n - 1).map((at) => at === 0);

const comparison = fc.record<Comparison>({
  type: fc.constantFrom("Eq", "Gt", "Gte", "Lt", "Lte"),
  fieldPath: fc.constantFrom("a", "b", "o.x", "n"),
  value: fewValues,
});
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    { weight: 4, arbitrary: comparison },
    { weight: 1, arbitrary: fc.record({ and: fc.array(tie("filter"), { maxLength: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ or: fc.array(tie("filter"), { maxLength: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ not: tie("filter") }) },
  ),
}));

/** A query whose bounds are settled when it is sent: some are those of documents. */
const query = fc.record({
  table: fc.constantFrom("t", "t", "t", "u"),
  range: rangeSpec,
  filter: fc.option(filter, { freq: 1 }),
});
export type QuerySpec = typeof query extends fc.Arbitrary<infer T> ? T : never;

/** One of the cursors that pages have given so far; with its own query, or with another one. */
export type CursorSpec = { which: number; isForeign: boolean };
const cursor: fc.Arbitrary<CursorSpec> = fc.record({ which, isForeign: oneIn(10) });

export type StepSpec = Step<QuerySpec, CursorSpec>;
type Read = ReadStep<QuerySpec, CursorSpec>;
type Write = WriteStep<QuerySpec, CursorSpec>;
type Call = CallStep<QuerySpec, CursorSpec>;

const ending: fc.Arbitrary<Ending> = fc.oneof(
  fc.record({ kind: fc.constantFrom("collect" as const, "first" as const, "unique" as const) }),
  fc.record({ kind: fc.constantFrom("take" as const, "open" as const), count: few }),
);

const get = fc.record({ kind: fc.constant("get" as const), which });
const rows = fc.record({ kind: fc.constant("read" as const), query, ending });
const page = fc.record({
  kind: fc.constant("page" as const),
  query,
  numItems: few,
  cursor: fc.option(cursor, { freq: 2 }),
  endCursor: fc.option(cursor, { freq: 1 }),
});
const untypedWrite = write.map((one): Write =>
  one.kind === "insert" ? { ...one, table: "t" } : one,
);

const number = fc.constantFrom<Json>(0, 1, 2.5, { $float: "AAAAAAAAAIA=" });
const typedWrite = fc.oneof<fc.Arbitrary<Write>[]>(
  fc.record({
    kind: fc.constant("insert"),
    table: fc.constant("u"),
    value: fc.record({ n: fc.oneof({ weight: 4, arbitrary: number }, fc.constant("none")) }),
  }),
  fc.record({ kind: fc.constant("patch"), which, name: fc.constant("n"), value: number }),
);

const fails: fc.Arbitrary<StepSpec> = fc.constant({ kind: "fail" });

/** Up to `maxLength` steps; one in `n` programs fails after them. */
function program(step: fc.Arbitrary<StepSpec>, maxLength: number, n: number) {
  return fc
    .tuple(fc.array(step, { maxLength }), fails, oneIn(n))
    .map(([steps, fail, isFailing]) => (isFailing ? [...steps, fail] : steps));
}

const call = (type: Call["type"], step: fc.Arbitrary<StepSpec>): fc.Arbitrary<Call> =>
  fc.record({
    kind: fc.constant("call"),
    type: fc.constant(type),
    steps: program(step, 3, 3),
    isCaught: oneIn(4).map((not) => !not),
  });

const ofDocuments = fc.oneof<fc.WeightedArbitrary<Read>[]>(
  { weight: 2, arbitrary: get },
  { weight: 5, arbitrary: rows },
  { weight: 3, arbitrary: page },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("count"), table: fc.constantFrom("t", "u") }),
  },
);
const ofJobs = fc.oneof<fc.Arbitrary<Read | Write>[]>(
  fc.record({ kind: fc.constant("job"), which }),
  fc.record({ kind: fc.constant("newestJobs"), count: few }),
  fc.record({ kind: fc.constant("cancel"), which }),
);
const readsJobs = ofJobs.filter(({ kind }) => kind !== "cancel");

const reading = fc.oneof<fc.WeightedArbitrary<StepSpec>[]>(
  { weight: 8, arbitrary: ofDocuments },
  { weight: 1, arbitrary: readsJobs },
  { weight: 1, arbitrary: call("query", ofDocuments) },
);

/** What jobs do: they leave each other alone, because nobody says which of two is first. */
const { alone } = fc.letrec<{ alone: StepSpec }>((tie) => ({
  alone: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: untypedWrite },
    { weight: 2, arbitrary: typedWrite as fc.Arbitrary<StepSpec> },
    { weight: 2, arbitrary: ofDocuments as fc.Arbitrary<StepSpec> },
    { weight: 1, arbitrary: call("query", ofDocuments) },
    { weight: 2, arbitrary: call("mutation", tie("alone")) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("schedule" as const),
        delayMs: fc.constantFrom(0, 1e9),
        steps: program(tie("alone"), 3, 4),
      }),
    },
  ),
}));

const writing = fc.oneof<fc.WeightedArbitrary<StepSpec>[]>(
  { weight: 9, arbitrary: alone },
  { weight: 1, arbitrary: ofJobs },
);

export type Act =
  | { kind: "commit"; programs: StepSpec[][]; isRepeated: boolean }
  | { kind: "query" | "watch"; steps: StepSpec[] }
  | { kind: "unwatch"; which: number }
  | { kind: "restart" };

const readings = fc.array(reading, { minLength: 1, maxLength: 3 });

const act = fc.oneof<fc.WeightedArbitrary<Act>[]>(
  {
    weight: 120,
    arbitrary: fc.record({
      kind: fc.constant("commit"),
      // Those of one act arrive together, and mostly share a commit.
      programs: fc.array(program(writing, 6, 8), { minLength: 1, maxLength: 3 }),
      isRepeated: oneIn(8),
    }),
  },
  { weight: 60, arbitrary: fc.record({ kind: fc.constant("watch"), steps: readings }) },
  { weight: 25, arbitrary: fc.record({ kind: fc.constant("query"), steps: readings }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("unwatch"), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);

/** The first commit inserts some documents, so that there is something to read from the start. */
export const history = fc.record({
  seed: fc.array(
    fc.record({ kind: fc.constant("insert" as const), table: fc.constant("t"), value: fields }),
    { maxLength: 8 },
  ),
  acts: fc.array(act, { minLength: 1, maxLength: 4 }),
});
export type HistorySpec = typeof history extends fc.Arbitrary<infer T> ? T : never;
