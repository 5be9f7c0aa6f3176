/** Reading the documents that a search found, in the order of relevance. */
import type { KeyRange } from "../../store/store";
import { LIMITS } from "../../values/limits";
import { isWithin } from "../readSet";
import type { RowScan } from "../scan";
import { UserError } from "../types";
import type { Candidate } from "./textSearch";

export class SearchScan implements RowScan {
  key: Uint8Array | null = null;
  text = "";
  isExhausted = false;

  private candidates: readonly Candidate[] | null = null;
  private at = 0;

  constructor(
    private readonly source: {
      /** What of the order of relevance to read: a cursor narrows it. */
      range: KeyRange;
      /** Called once, at the first row. */
      find: () => Candidate[];
      readDocument: (internalId: Uint8Array) => string;
    },
  ) {}

  advance(): boolean {
    const { range, find, readDocument } = this.source;
    this.candidates ??= find().filter(({ key }) => isWithin(range, key));
    if (this.at === LIMITS.searchCandidates) throw tooManyDocuments();
    const candidate = this.candidates[this.at];
    if (candidate === undefined) {
      this.isExhausted = true;
      return false;
    }
    this.at++;
    this.key = candidate.key;
    this.text = readDocument(candidate.internalId);
    return true;
  }

  /** Searches and reads of documents note for themselves what they read. */
  consumed(): null {
    return null;
  }
}

function tooManyDocuments(): UserError {
  return new UserError(
    `Search query scanned too many documents (fetched ${LIMITS.searchCandidates}). ` +
      "Consider using a smaller limit, paginating the query, or using a filter field to limit " +
      "the number of documents pulled from the search index.",
    "SearchQueryScannedTooManyDocumentsError",
  );
}
