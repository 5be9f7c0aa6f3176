/** Mistakes in file storage. */
import type { Mutant } from "./mutants";

const RUNTIME = "src/embedded/runtime/files";
const HTTP = "src/embedded/server/http";

const STORE = ["tests/embedded/files/fileStore.test.ts"];
const SYNC = ["tests/embedded/files/sharedSync.test.ts"];
const UPLOADS = ["tests/embedded/files/uploads.test.ts"];
const SERVING = ["tests/embedded/files/serving.test.ts"];
const FUNCTIONS = ["tests/embedded/files/functions.test.ts"];
const CRASHES = ["tests/embedded/files/crashes.test.ts"];
const HOSTILE = ["tests/embedded/files/hostile.test.ts"];
const RANGES = ["tests/embedded/files/ranges.test.ts"];

export const FILES: readonly Mutant[] = [
  {
    name: "a failed upload leaves its bytes",
    file: "src/embedded/store/files.ts",
    find: "      await rm(path, { force: true });\n      throw error;",
    replace: "      throw error;",
    tests: STORE,
  },
  {
    name: "who asks while a sync runs is served by that one",
    file: "src/embedded/store/sharedSync.ts",
    find: "      this.#next = null;\n      return this.#sync();",
    replace: "      return this.#sync().finally(() => (this.#next = null));",
    tests: SYNC,
  },
  {
    name: "syncs run beside each other",
    file: "src/embedded/store/sharedSync.ts",
    find: "this.#next = this.#last.then(() => {",
    replace: "this.#next = Promise.resolve().then(() => {",
    tests: SYNC,
  },
  {
    name: "a file is looked for only where it is kept",
    file: "src/embedded/store/files.ts",
    find: "return [place, join(top, INCOMING, key), place];",
    replace: "return [place];",
    tests: STORE,
  },
  {
    name: "the bytes of what a transaction undid stay",
    file: `${RUNTIME}/fileSyscalls.ts`,
    find: "    keeper.doubt(file.key);\n    requireDigest",
    replace: "    requireDigest",
    tests: FUNCTIONS,
  },
  {
    name: "the bytes of a deleted file stay",
    file: `${RUNTIME}/fileSyscalls.ts`,
    find: "    keeper.doubt(file.key);\n  }\n\n  function store",
    replace: "  }\n\n  function store",
    tests: SERVING,
  },
  {
    name: "a file whose row stands is removed",
    file: `${RUNTIME}/fileKeeper.ts`,
    find: "asked.filter((key) => !isKeyNamed(tx, componentPath, key))",
    replace: "asked.filter((key) => isKeyNamed(tx, componentPath, key))",
    tests: FUNCTIONS,
  },
  {
    name: "a deletion removes the bytes before it commits",
    file: `${RUNTIME}/fileSyscalls.ts`,
    find: "    keeper.doubt(file.key);\n  }\n\n  function store",
    replace: "    void files.remove(file.key);\n  }\n\n  function store",
    tests: FUNCTIONS,
  },
  {
    name: "a start does not settle what was incoming",
    file: `${RUNTIME}/fileKeeper.ts`,
    find: "await settle(await files.incoming());",
    replace: "await settle([]);",
    tests: CRASHES,
  },
  {
    name: "a start does not look for files without a row",
    file: `${RUNTIME}/fileKeeper.ts`,
    find: "track(sweep());",
    replace: "",
    tests: CRASHES,
  },
  {
    name: "an upload's digest is not compared",
    file: `${RUNTIME}/httpFiles.ts`,
    find: "if (sha256 === null || sha256.equals(put.sha256)) return;",
    replace: "if (sha256 === null || put.key !== null) return;",
    tests: UPLOADS,
  },
  {
    name: "an upload token's seal is not compared",
    file: `${RUNTIME}/uploadTokens.ts`,
    find: "if (given.length !== expected.length || !timingSafeEqual(given, expected)) {",
    replace: "if (given.length !== expected.length) {",
    tests: UPLOADS,
  },
  {
    name: "an upload token is good for ever",
    file: `${RUNTIME}/uploadTokens.ts`,
    find: "if (issuedMs + VALIDITY_MS <= nowMs) {",
    replace: "if (issuedMs + VALIDITY_MS <= 0) {",
    tests: UPLOADS,
  },
  {
    name: "the location of a deleted file stays",
    file: `${RUNTIME}/fileTable.ts`,
    find: "  tx.delete(componentPath, locationId);\n",
    replace: "  void locationId;\n",
    tests: SERVING,
  },
  {
    name: "a URL of one component serves files of another",
    file: `${RUNTIME}/httpFiles.ts`,
    find: "findFileByUrlId(options.beginQuery(null), componentPath, urlId)",
    replace: 'findFileByUrlId(options.beginQuery(null), "", urlId)',
    tests: SERVING,
  },
  {
    name: "any number of uploads may run at once",
    file: `${RUNTIME}/httpFiles.ts`,
    find: "if (uploads >= UPLOADS_MAX) {",
    replace: "if (uploads > 100 * UPLOADS_MAX) {",
    tests: HOSTILE,
  },
  {
    name: "an upload that has ended still counts",
    file: `${RUNTIME}/httpFiles.ts`,
    find: ".finally(() => uploads--);",
    replace: ".finally(() => uploads);",
    tests: HOSTILE,
  },
  {
    name: "an upload makes a component that is not there",
    file: `${RUNTIME}/httpFiles.ts`,
    find: "if (catalog.table(componentPath, FILES_TABLE) === undefined) {",
    replace: 'if (componentPath === "\n") {',
    tests: HOSTILE,
  },
  {
    name: "lost bytes pass for a deleted file",
    file: `${RUNTIME}/storedFiles.ts`,
    find: "if (find() === null) return null;",
    replace: "if (content === null) return null;",
    tests: HOSTILE,
  },
  {
    name: "a client may take nothing for ever",
    file: `${HTTP}/reply.ts`,
    find: "response.setTimeout(stallMs, () => response.destroy());",
    replace: "void stallMs;",
    tests: HOSTILE,
  },
  {
    name: "a row's content type is served as it is",
    file: `${HTTP}/storage.ts`,
    find: "contentType !== null && isContentType(contentType) ?",
    replace: "contentType !== null ?",
    tests: HOSTILE,
  },
  {
    name: "a range ends one byte early",
    file: `${HTTP}/ranges.ts`,
    find: "return start <= end ? { start, end } : null;",
    replace: "return start < end ? { start, end } : null;",
    tests: RANGES,
  },
  {
    name: "a suffix is taken for a first byte",
    file: `${HTTP}/ranges.ts`,
    find: "start: Math.max(0, sizeBytes - bytes)",
    replace: "start: Math.min(bytes, sizeBytes - 1)",
    tests: RANGES,
  },
  {
    name: "a part is served with the digest of the whole",
    file: `${HTTP}/storage.ts`,
    find: 'headers: { ...headers, "Content-Range": contentRange }',
    replace: 'headers: { ...headers, "Content-Range": contentRange, Digest: sha256 }',
    tests: SERVING,
  },
  {
    name: "browsers may take a file for a page",
    file: `${HTTP}/storage.ts`,
    find: '"X-Content-Type-Options": "nosniff"',
    replace: '"X-Content-Type-Options": ""',
    tests: UPLOADS,
  },
];
