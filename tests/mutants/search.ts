/** Mistakes in text and vector search, and in filling their indexes. */
import type { Mutant } from "./mutants";

const SEARCH = "src/embedded/engine/search";
const TEXT = ["tests/embedded/search/textSearch.test.ts"];
const READS = ["tests/embedded/search/readSets.test.ts"];
const LIVE = ["tests/embedded/search/live.test.ts"];
const VECTORS = ["tests/embedded/search/vectorSearch.test.ts"];
const BACKFILL = ["tests/embedded/search/backfill.test.ts"];

export const SEARCHES: readonly Mutant[] = [
  {
    name: "search: a text that changed keeps its keys",
    file: `${SEARCH}/bareKeys.ts`,
    find: "return [content, ...index.filterFields].every(",
    replace: "return [...index.filterFields].every(",
    tests: TEXT,
  },
  {
    name: "search: a filter's field that changed keeps its keys",
    file: `${SEARCH}/bareKeys.ts`,
    find: "return [content, ...index.filterFields].every(",
    replace: "return [content].every(",
    tests: TEXT,
  },
  {
    name: "search: what a search has read is not noted",
    file: `${SEARCH}/textSearch.ts`,
    find: `    if (filters.every((filter) => hasDigest(index, key, filter))) keys.push(key);
  }
  reader.recordRead(scan.consumed());`,
    replace: `    if (filters.every((filter) => hasDigest(index, key, filter))) keys.push(key);
  }`,
    tests: READS,
  },
  {
    name: "search: words that begin with the last one are not watched for",
    file: `${SEARCH}/textSearch.ts`,
    find: `    const key = scan.next();
    reader.recordRead(scan.consumed());`,
    replace: "    const key = scan.next();",
    tests: READS,
  },
  {
    name: "search: live queries do not hear of words that are gone",
    file: "src/embedded/engine/overlay.ts",
    find: "for (const key of [...added, ...removed]) footprint.push({ indexId, key });",
    replace: "for (const key of added) footprint.push({ indexId, key });",
    tests: [...READS, ...LIVE],
  },
  {
    name: "search: live queries hear of every document",
    file: `${SEARCH}/textSearch.ts`,
    find: "reader.recordRead(scan.consumed());\n    if (key === null) break;",
    replace:
      "reader.recordRead({ lower: new Uint8Array(0), upper: null });\n    if (key === null) break;",
    tests: LIVE,
  },
  {
    name: "search: a common word counts for the documents only that it ranks first",
    file: `${SEARCH}/textSearch.ts`,
    find: "known === undefined && word === longest && rank >= max",
    replace: "word === longest && rank >= max",
    tests: TEXT,
  },
  {
    name: "search: only the first filter counts",
    file: `${SEARCH}/textSearch.ts`,
    find: "const search = { index, filters: others, reader };",
    replace: "const search = { index, filters: others.slice(1), reader };",
    tests: TEXT,
  },
  {
    name: "search: filters are taken for one another",
    file: `${SEARCH}/postings.ts`,
    find: "const at = key.length - (index.filterFields.length - position) * DIGEST_BYTES;",
    replace: "const at = key.length - index.filterFields.length * DIGEST_BYTES;",
    tests: TEXT,
  },
  {
    name: "search: every word of a query may begin a longer one",
    file: `${SEARCH}/textSearch.ts`,
    find: "const lists = [...before].map((word) => ({ range: wordRange(scope, word), boost: 1 }));",
    replace:
      "const lists = [...before].map((word) => ({ range: prefixWordsRange(scope, word), boost: 1 }));",
    tests: TEXT,
  },
  {
    name: "search: the last word must be whole",
    file: `${SEARCH}/textSearch.ts`,
    find: "prefixedWords(index, prefixWordsRange(scope, last), reader)",
    replace: "prefixedWords(index, wordRange(scope, last), reader)",
    tests: TEXT,
  },
  {
    name: "search: longer words count as much as the word itself",
    file: `${SEARCH}/textSearch.ts`,
    find: "const PREFIX_BOOST = 0.5;",
    replace: "const PREFIX_BOOST = 1;",
    tests: TEXT,
  },
  {
    name: "search: of equals the oldest comes first",
    file: `${SEARCH}/textSearch.ts`,
    find: "b.creationTime - a.creationTime ||",
    replace: "a.creationTime - b.creationTime ||",
    tests: TEXT,
  },
  {
    name: "search: of equals with one word the oldest comes first",
    file: `${SEARCH}/postings.ts`,
    find: "bytes[i] = ~(bytes[i] ?? 0);",
    replace: "bytes[i] = bytes[i] ?? 0;",
    tests: TEXT,
  },
  {
    name: "search: common words count as much as rare ones",
    file: `${SEARCH}/textSearch.ts`,
    find: "boost: rarity * (lists[i]?.boost ?? 0)",
    replace: "boost: Math.max(1, rarity * 0) * (lists[i]?.boost ?? 0)",
    tests: TEXT,
  },
  {
    name: "search: a transaction does not see that it removed a word",
    file: `${SEARCH}/keyScan.ts`,
    find: "if (order === 0) this.chunkAt++;",
    replace: "",
    tests: TEXT,
  },
  {
    name: "search: reads on without end",
    file: `${SEARCH}/searchScan.ts`,
    find: "if (this.at === LIMITS.searchCandidates) throw tooManyDocuments();",
    replace: "",
    tests: TEXT,
  },
  {
    name: "search: long words are kept",
    file: `${SEARCH}/tokens.ts`,
    find: "if (isShort(word)) words.push",
    replace: "if (isShort(word) || word.length > 0) words.push",
    tests: ["tests/embedded/search/tokens.test.ts"],
  },
  {
    name: "vectors: of equals the smaller id comes first",
    file: `${SEARCH}/vectorRows.ts`,
    find: "Buffer.compare(b.internalId, a.internalId)",
    replace: "Buffer.compare(a.internalId, b.internalId)",
    tests: VECTORS,
  },
  {
    name: "vectors: all alternatives of a filter must hold",
    file: `${SEARCH}/vectorRows.ts`,
    find: "return anyOf.some(",
    replace: "return anyOf.every(",
    tests: ["tests/embedded/conformance/vectorSearch.test.ts"],
  },
  {
    name: "vectors: are not scaled",
    file: `${SEARCH}/vectors.ts`,
    find: "if (length > 0) for",
    replace: "if (length < 0) for",
    tests: VECTORS,
  },
  {
    name: "vectors: a vector of another length is taken",
    file: `${SEARCH}/vectors.ts`,
    find: "!Array.isArray(value) || value.length !== dimensions",
    replace: "!Array.isArray(value) || value.length < dimensions",
    tests: VECTORS,
  },
  {
    name: "vectors: commits are not heard of",
    file: "src/embedded/runtime/vectorSearch.ts",
    find: 'entry.changed.set(Buffer.from(key).toString("latin1"), key);',
    replace: "",
    tests: VECTORS,
  },
  {
    name: "vectors: a deleted one is found",
    file: "src/embedded/runtime/vectorSearch.ts",
    find: "if (key === undefined) entry.rows?.remove(internalId);",
    replace: "if (key === undefined) continue;",
    tests: VECTORS,
  },
  {
    name: "vectors: indexes never leave memory",
    file: "src/embedded/runtime/vectorSearch.ts",
    find: "if (total <= memoryBytes) return;",
    replace: "if (total >= 0) return;",
    tests: VECTORS,
  },
  {
    name: "vectors: nothing else runs during a search",
    file: "src/embedded/runtime/vectorSearch.ts",
    find: "if (performance.now() - this.startedAtMs >= SLICE_MS) await this.turn();",
    replace: "",
    tests: VECTORS,
  },
  {
    name: "backfill: a staged index is filled again when it is enabled",
    file: "src/embedded/engine/schemaPush.ts",
    find: '({ state }) => state !== "backfilling",',
    replace: '({ state }) => state === "enabled",',
    tests: BACKFILL,
  },
  {
    name: "backfill: a staged index serves",
    file: "src/embedded/engine/schemaPush.ts",
    find: 'spec?.staged === true ? "staged" : "enabled"',
    replace: 'spec?.staged === null ? "staged" : "enabled"',
    tests: BACKFILL,
  },
  {
    name: "backfill: what is removed from a text meanwhile stays in the index",
    file: "src/embedded/engine/search/bareKeys.ts",
    find: "return keys.filter((key) => !texts.has(textOf(key)));",
    replace: "return texts.size > 0 ? [] : [...keys];",
    tests: [...TEXT, ...READS],
  },
  {
    name: "backfill: a batch holds any number of words",
    file: "src/embedded/engine/tableWalk.ts",
    find: "this.#limit = hasWords ? 1 : FIRST_BATCH_ROWS;",
    replace: "this.#limit = FIRST_BATCH_ROWS;",
    tests: BACKFILL,
  },
];
