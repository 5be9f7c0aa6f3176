/**
 * Finding the documents that best match a text: the best candidates by BM25, as at Convex, where a word
 * that few of the matching documents have counts for more, and a longer word that only begins with the
 * query's last one for half.
 *
 * The frequency of a word is counted among the documents that pass the query's filters, and nothing else
 * about other documents enters a score. So a result depends on the postings that were read and on nothing
 * more, and these are what goes into the read set.
 */
import type { KeyRange } from "../../store/store";
import { encodeKey, keySuccessor } from "../../values/keys";
import type { TextIndexInfo } from "../types";
import type { KeyScan } from "./keyScan";
import {
  filterScope,
  hasDigest,
  internalIdIn,
  prefixWordsRange,
  rangeOfWordAt,
  readPosting,
  wholeScope,
  wordRange,
} from "./postings";
import type { DigestFilter, TextQuery } from "./textQuery";

/** As at Convex: of the words that begin with the query's last one, the first so many in their order. */
const PREFIX_WORDS_MAX = 16;
const PREFIX_BOOST = 0.5;

/**
 * How many postings a search reads, shared out among its words. A word that more documents have than its
 * share allows is read from its weightiest posting on and no further.
 */
const POSTINGS_MAX = 65_536;

/** In a small table no word is common yet. */
const DOCUMENTS_MIN = 1024;

/** A document that matches. Candidates in the order of their keys are in the order of relevance. */
export type Candidate = { key: Uint8Array; internalId: Uint8Array };

/** How a search reads the index. What it has read must go into the read set. */
export type PostingReader = {
  scan(range: KeyRange): KeyScan;
  recordRead(range: KeyRange): void;
};

type WordList = { range: KeyRange; boost: number };

/** The best candidates, at most `max` of them, the best first. */
export function findCandidates(query: TextQuery, reader: PostingReader, max: number): Candidate[] {
  const { index, filters } = query;
  const [first, ...others] = filters;
  const scope = first === undefined ? wholeScope() : filterScope(first.position, first.digest);
  const lists = wordLists(query, scope, reader);
  const [only] = lists;
  if (only === undefined) return [];
  const search = { index, filters: others, reader };
  // Postings of one word are in the order of relevance already.
  if (lists.length === 1) {
    return readPostings(search, only.range, max).map((key) => {
      const posting = readPosting(index, key);
      return toCandidate(posting.weight, posting);
    });
  }
  const postingsMax = Math.floor(POSTINGS_MAX / lists.length);
  const postings = lists.map(({ range }) => readPostings(search, range, postingsMax));
  return mostRelevant(index, { lists, postings }, max);
}

/** Where the postings of each of the query's words are, no word twice. */
function wordLists(
  { index, words }: TextQuery,
  scope: Uint8Array,
  reader: PostingReader,
): WordList[] {
  const last = words.at(-1);
  if (last === undefined) return [];
  const before = new Set(words.slice(0, -1));
  const lists = [...before].map((word) => ({ range: wordRange(scope, word), boost: 1 }));
  const whole = [...before, last].map((word) => textOf(wordRange(scope, word).lower));
  for (const range of prefixedWords(index, prefixWordsRange(scope, last), reader)) {
    const position = whole.indexOf(textOf(range.lower));
    if (position === -1) lists.push({ range, boost: PREFIX_BOOST });
    else if (position === whole.length - 1) lists.push({ range, boost: 1 });
  }
  return lists;
}

/** The postings of each of the first words within `range`, found by leaping from word to word. */
function prefixedWords(index: TextIndexInfo, range: KeyRange, reader: PostingReader): KeyRange[] {
  const found: KeyRange[] = [];
  let rest = range;
  while (found.length < PREFIX_WORDS_MAX) {
    const scan = reader.scan(rest);
    const key = scan.next();
    reader.recordRead(scan.consumed());
    if (key === null) break;
    const word = rangeOfWordAt(index, key);
    found.push(word);
    rest = { lower: word.upper ?? keySuccessor(key), upper: range.upper };
  }
  return found;
}

/** The postings in `range` whose documents pass the filters, the weightiest ones, at most `max`. */
function readPostings(
  search: { index: TextIndexInfo; filters: readonly DigestFilter[]; reader: PostingReader },
  range: KeyRange,
  max: number,
): Uint8Array[] {
  const { index, filters, reader } = search;
  const scan = reader.scan(range);
  const keys: Uint8Array[] = [];
  while (keys.length < max) {
    const key = scan.next();
    if (key === null) break;
    if (filters.every((filter) => hasDigest(index, key, filter))) keys.push(key);
  }
  reader.recordRead(scan.consumed());
  return keys;
}

/**
 * The longest list is looked at last, and for the rest of it only at documents that another list has as well:
 * behind `max` others of its own list, one that has no other word is not among the best.
 */
function mostRelevant(
  index: TextIndexInfo,
  { lists, postings }: { lists: readonly WordList[]; postings: readonly Uint8Array[][] },
  max: number,
): Candidate[] {
  const documents = Math.max(DOCUMENTS_MIN, 2 * Math.max(...postings.map(({ length }) => length)));
  const words = postings
    .map((keys, i) => {
      const rarity = Math.log(1 + (documents - keys.length + 0.5) / (keys.length + 0.5));
      return { keys, boost: rarity * (lists[i]?.boost ?? 0) };
    })
    .sort((a, b) => a.keys.length - b.keys.length);
  const longest = words.at(-1);
  const found = new Map<string, { score: number; creationTime: number; internalId: Uint8Array }>();
  for (const word of words) {
    for (const [rank, key] of word.keys.entries()) {
      const id = textOf(internalIdIn(index, key));
      const known = found.get(id);
      if (known === undefined && word === longest && rank >= max) continue;
      const { weight, creationTime, internalId } = readPosting(index, key);
      const score = weight * word.boost;
      if (known === undefined) found.set(id, { score, creationTime, internalId });
      else known.score += score;
    }
  }
  return [...found.values()]
    .sort(
      (a, b) =>
        b.score - a.score ||
        b.creationTime - a.creationTime ||
        Buffer.compare(a.internalId, b.internalId),
    )
    .slice(0, max)
    .map((match) => toCandidate(match.score, match));
}

/** The key orders candidates: the best score first, then the newest. It stands in cursors. */
function toCandidate(
  score: number,
  { creationTime, internalId }: { creationTime: number; internalId: Uint8Array },
): Candidate {
  const key = Buffer.concat([encodeKey([-score, -creationTime]), internalId]);
  return { key, internalId };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
