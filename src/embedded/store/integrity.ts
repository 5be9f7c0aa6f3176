/** Whether a data file can be trusted: its pages, and that every index entry leads to a document. */
import { single, type Database } from "./driver";
import { damaged } from "./failures";
import { NO_REVISION } from "./store";

/** Entries of text and vector indexes are keys alone: they point at no revision. */
const POINTS_SOMEWHERE = `seq <> ${NO_REVISION}`;

/**
 * Up to this size everything is looked at at each start: about 2 ms per MiB from the page cache. Larger
 * files are looked at where damage is likeliest, at the newest rows and at both ends of each index; the
 * rest is checked when it is read, by `backup` and `restore`, and by the command `check`.
 */
const FULL_CHECK_BYTES_MAX = 128 * 1024 * 1024;
const ENDS_ROWS = 100;
const NEWEST_ROWS = 1_000;

/** @throws StoreError damaged */
export function checkContent(
  database: Database,
  { file, sizeBytes, thorough = false }: { file: string; sizeBytes: number; thorough?: boolean },
): void {
  const checksAll = thorough || sizeBytes <= FULL_CHECK_BYTES_MAX;
  // A truncated file shows at once at any size: its header has the true number of pages.
  const pages = thorough
    ? "integrity_check(1)"
    : checksAll
      ? "quick_check(1)"
      : "quick_check('settings')";
  const verdict = single(database, `PRAGMA ${pages}`);
  if (verdict !== "ok") throw damaged(file, String(verdict));
  if (single(database, "SELECT count(*) FROM clock") !== 1) throw damaged(file, "it has no clock");

  const seq = checksAll ? firstWithoutDocument(database) : firstWithoutDocumentAtEnds(database);
  if (seq !== undefined) {
    throw damaged(file, `an index has an entry for revision ${seq}, which is missing`);
  }
}

function firstWithoutDocument(database: Database): number | undefined {
  const seq = single(
    database,
    `SELECT entries.seq FROM entries LEFT JOIN revisions ON revisions.seq = entries.seq
     WHERE entries.${POINTS_SOMEWHERE} AND revisions.text IS NULL LIMIT 1`,
  );
  return seq as number | undefined;
}

function firstWithoutDocumentAtEnds(database: Database): number | undefined {
  // Reading the newest rows shows whether their pages can be read.
  database.prepare("SELECT length(text) FROM revisions ORDER BY seq DESC LIMIT ?").all(NEWEST_ROWS);
  const ends = ["ASC", "DESC"].map((order) =>
    database.prepare(
      `SELECT ends.seq FROM
         (SELECT seq FROM entries WHERE index_id = ? ORDER BY key ${order} LIMIT ?) AS ends
       LEFT JOIN revisions ON revisions.seq = ends.seq
       WHERE ends.${POINTS_SOMEWHERE} AND revisions.text IS NULL LIMIT 1`,
    ),
  );
  for (const indexId of indexIds(database)) {
    for (const end of ends) {
      const [seq] = (end.get(indexId, ENDS_ROWS) ?? []) as [number?];
      if (seq !== undefined) return seq;
    }
  }
  return undefined;
}

/** From each to the next larger one, without a walk through all entries. */
function* indexIds(database: Database): Generator<number> {
  const next = database.prepare("SELECT min(index_id) FROM entries WHERE index_id > ?");
  for (let indexId: number | null = -1; ;) {
    [indexId] = next.get(indexId) as [number | null];
    if (indexId === null) return;
    yield indexId;
  }
}
