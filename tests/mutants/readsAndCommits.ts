/** Mistakes in what is noted as read, in what a commit says it has changed, and in who hears of it. */
import type { Mutant } from "./mutants";

const ENGINE = "src/embedded/engine";
const RUNTIME = "src/embedded/runtime";

const READ_SETS = ["tests/embedded/engine/readSets.test.ts"];
const HISTORIES = ["tests/embedded/histories/histories.test.ts"];

export const READS_AND_COMMITS: readonly Mutant[] = [
  {
    name: "merged intervals end where the last of them does",
    file: `${ENGINE}/readSet.ts`,
    find: "upper = laterEnd(upper, other.upper);",
    replace: "upper = other.upper;",
    tests: READ_SETS,
  },
  {
    name: "an interval holds the key that it ends before",
    file: `${ENGINE}/readSet.ts`,
    find: "if (upper === null || compareKeys(upper, key) > 0) high = middle;",
    replace: "if (upper === null || compareKeys(upper, key) >= 0) high = middle;",
    tests: READ_SETS,
  },
  {
    name: "the tree of intervals forgets how far its branches reach",
    file: `${ENGINE}/intervalIndex.ts`,
    find: "  if (upper > node.upperMax) node.upperMax = upper;\n",
    replace: "",
    tests: READ_SETS,
  },
  {
    name: "one subscriber that leaves takes all others of its key along",
    file: `${ENGINE}/intervalIndex.ts`,
    find: "if (known === id || (known instanceof Set && known.size === 0)) this.points.delete(lower);",
    replace: "this.points.delete(lower);",
    tests: READ_SETS,
  },
  {
    name: "undoing a nested call leaves its first write",
    file: `${ENGINE}/overlay.ts`,
    find: "while (this.undoLog.length > writeCount) {",
    replace: "while (this.undoLog.length > writeCount + 1) {",
    tests: HISTORIES,
  },
  {
    name: "a changed document still stands at its old place",
    file: `${ENGINE}/overlay.ts`,
    find: "      } else if (document.base?.keys[indexPosition] === key) {\n        rows.push({ key, text: null });\n",
    replace: "",
    tests: HISTORIES,
  },
  {
    name: "a commit touches only where documents are now",
    file: `${ENGINE}/overlay.ts`,
    find: "footprint.push(...puts, ...removes);",
    replace: "footprint.push(...puts);",
    tests: HISTORIES,
  },
  {
    name: "a limited read from the end notes one row too few",
    file: `${ENGINE}/scan.ts`,
    find: ": { lower: key, upper: range.upper };",
    replace: ": { lower: keySuccessor(key), upper: range.upper };",
    tests: HISTORIES,
  },
  {
    name: "a limited read notes the whole range",
    file: `${ENGINE}/scan.ts`,
    find: "if (this.exhausted) return range;",
    replace: "if (this.exhausted || this.key !== null) return range;",
    tests: HISTORIES,
  },
  {
    name: "an unfinished query notes nothing",
    file: `${ENGINE}/syscalls.ts`,
    find: "readSet.add(query.source.index.indexId, consumed);",
    replace: "void readSet;",
    tests: READ_SETS,
  },
  {
    name: "a missing document is not noted as read",
    file: `${ENGINE}/documents.ts`,
    find: "    this.recordRead(indexId, { lower: internalId, upper: keySuccessor(internalId) });\n    const written",
    replace:
      "    if (this.options.store.lookup(indexId, internalId) !== null)\n      this.recordRead(indexId, { lower: internalId, upper: keySuccessor(internalId) });\n    const written",
    tests: READ_SETS,
  },
  {
    name: "a page that runs again forgets where it ended",
    file: `${ENGINE}/paginate.ts`,
    find: "const endCursor = request.endCursor ?? context.journal;",
    replace: "const { endCursor } = request;",
    tests: HISTORIES,
  },
  {
    name: "a page between two cursors stops at its size",
    file: `${ENGINE}/paginate.ts`,
    find: "while (end !== null || this.texts.length < request.pageSize) {",
    replace: "while (this.texts.length < request.pageSize) {",
    tests: HISTORIES,
  },
  {
    name: "the row that a page begins after is on it",
    file: `${ENGINE}/paginate.ts`,
    find: "after: intersect(range, { lower: next, upper: null }),",
    replace: "after: intersect(range, { lower: key, upper: null }),",
    tests: HISTORIES,
  },
  {
    name: "a mutation that failed is committed with the others",
    file: `${RUNTIME}/committer.ts`,
    find: "      if (decision.commit && tx.hasWrites) {\n        const footprint",
    replace: "      if (tx.hasWrites) {\n        const footprint",
    tests: HISTORIES,
  },
  {
    name: "of the mutations of one commit only the last touches live queries",
    file: `${RUNTIME}/committer.ts`,
    find: "batch.footprints.push(footprint);",
    replace: "batch.footprints = [footprint];",
    tests: HISTORIES,
  },
  {
    name: "a live page is read from its first run's size again",
    file: `${RUNTIME}/liveQueries.ts`,
    find: "if (watch.call.journal !== watch.reply.journal) {",
    replace: "if (watch.call.journal === watch.reply.journal) {",
    tests: HISTORIES,
  },
  {
    name: "a result that a commit touched is found again",
    file: `${RUNTIME}/queryCache.ts`,
    find: "if (found(result) === result) forget(result);",
    replace: "void forget;",
    tests: HISTORIES,
  },
];
