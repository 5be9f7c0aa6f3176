/** Searching as functions do, and what should be found, worked out without any index. */
import fc from "fast-check";
import { wordsOf } from "../../../src/embedded/engine/search/tokens";
import type { Json, JsonDocument, JsonObject } from "../../../src/embedded/values/json";
import type { Db, QueryJson, TableSpec } from "../engine/database";

export type Filters = Record<string, Json>;

export function search(text: string, filters: Filters = {}, index = "notes.by_text"): QueryJson {
  const field = index === "notes.by_text" ? "text" : "deep.text";
  return {
    source: {
      type: "Search",
      indexName: index,
      filters: [
        { type: "Search", fieldPath: field, value: text },
        ...Object.entries(filters).map(([fieldPath, value]) => ({ type: "Eq", fieldPath, value })),
      ],
    },
    operators: [],
  };
}

export const NOTES: Record<string, TableSpec> = {
  notes: {
    searchIndexes: [
      { kind: "text", name: "by_text", searchField: "text", filterFields: ["owner", "state"] },
      { kind: "text", name: "by_deep", searchField: "deep.text", filterFields: [] },
    ],
  },
};

type Match = { doc: JsonDocument; score: number };

/** The documents that match, the best first. */
export function matches(docs: readonly JsonDocument[], text: string, filters: Filters): Match[] {
  const passing = docs.filter((doc) =>
    Object.entries(filters).every(([field, value]) => same(doc[field], value)),
  );
  const wordsByDoc = new Map(passing.map((doc) => [doc, wordsOfField(doc)]));
  const boosts = boostsOf(text, [...wordsByDoc.values()].flat());
  const lists = [...boosts].map(([word, boost]) => {
    const having = passing.filter((doc) => wordsByDoc.get(doc)!.includes(word));
    return { word, boost, having };
  });
  const total = Math.max(1024, 2 * Math.max(0, ...lists.map(({ having }) => having.length)));
  const score = (doc: JsonDocument) =>
    lists.reduce((sum, { word, boost, having }) => {
      if (!having.includes(doc)) return sum;
      const { length } = having;
      const rarity = Math.log(1 + (total - length + 0.5) / (length + 0.5));
      return sum + boost * rarity * weight(wordsByDoc.get(doc)!, word);
    }, 0);
  return passing
    .filter((doc) => lists.some(({ having }) => having.includes(doc)))
    .map((doc) => ({ doc, score: score(doc) }))
    .sort((a, b) => b.score - a.score || b.doc._creationTime - a.doc._creationTime);
}

/** The words to look for: those of the text, and the first 16 that begin with its last one. */
function boostsOf(text: string, existing: readonly string[]): Map<string, number> {
  const words = wordsOf(text).slice(0, 16);
  const last = words.at(-1);
  const boosts = new Map<string, number>();
  if (last === undefined) return boosts;
  const prefixed = [...new Set(existing)].filter((word) => word.startsWith(last));
  prefixed.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const word of prefixed.slice(0, 16)) boosts.set(word, 0.5);
  for (const word of words) boosts.set(word, 1);
  return boosts;
}

function weight(words: readonly string[], word: string): number {
  const count = words.filter((other) => other === word).length;
  return count / (count + 1.2 * (0.25 + (0.75 * words.length) / 32));
}

function wordsOfField(doc: JsonDocument): string[] {
  const { text } = doc as { text?: Json };
  return typeof text === "string" ? wordsOf(text) : [];
}

function same(a: Json | undefined, b: Json): boolean {
  const isMissing = JSON.stringify(b) === '{"$undefined":null}';
  return isMissing ? a === undefined : JSON.stringify(a) === JSON.stringify(b);
}

/** Few words, many of which begin alike, so that they meet. */
const words = [
  "a",
  "ab",
  "abc",
  "abd",
  "b",
  "ba",
  "bab",
  "é",
  "éa",
  "日本",
  "日本語",
  "Zed",
  "zebra",
];
const word = fc.constantFrom(...words);
export const someText = fc.array(word, { maxLength: 6 }).map((words) => words.join(" "));
export const owner = fc.constantFrom<Json>("anna", "bert", null, 7);
export const noteFields: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      text: fc.oneof(
        { weight: 8, arbitrary: someText },
        fc.constantFrom<Json>(null, 5, ["a", "b"]),
      ),
      owner,
      state: fc.constantFrom<Json>("open", "done"),
    },
    { requiredKeys: [] },
  )
  .map((fields) => fields as JsonObject);
export const someFilters: fc.Arbitrary<Filters> = fc.oneof(
  fc.constant<Filters>({}),
  fc
    .record(
      {
        owner: fc.oneof(owner, fc.constant({ $undefined: null })),
        state: fc.constantFrom<Json>("open", "done"),
      },
      { requiredKeys: [] },
    )
    .map((filters) => filters as Filters),
);

export const noteWrite = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("insert" as const), fields: noteFields }) },
  fc.record({ kind: fc.constant("patch" as const), which: fc.nat(50), fields: noteFields }),
  fc.record({ kind: fc.constant("delete" as const), which: fc.nat(50) }),
);
export type NoteWrite = typeof noteWrite extends fc.Arbitrary<infer T> ? T : never;

/** Performs a write; `docs` are the ids of all documents that there ever were. */
export function writeNote(db: Db, docs: string[], action: NoteWrite): void {
  if (action.kind === "insert") return void docs.push(db.insert("notes", action.fields));
  const id = docs[action.which % Math.max(docs.length, 1)];
  if (id === undefined || db.get(id) === null) return;
  if (action.kind === "patch") db.patch(id, action.fields);
  else db.delete(id);
}
