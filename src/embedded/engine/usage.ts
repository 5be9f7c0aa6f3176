/** How much a transaction has read and written, and the limits on that. */
import { LIMITS } from "../values/limits";
import { UserError, type TransactionMetrics } from "./types";

export type TransactionLimits = {
  bytesRead: number;
  bytesWritten: number;
  /** Disjoint index intervals in the read set. */
  databaseQueries: number;
  documentsRead: number;
  documentsWritten: number;
  functionsScheduled: number;
  scheduledFunctionArgsBytes: number;
  filesWritten: number;
  fileWriteBytes: number;
  filesRead: number;
  fileReadBytes: number;
};

export const DEFAULT_LIMITS: TransactionLimits = {
  bytesRead: LIMITS.readBytes,
  bytesWritten: LIMITS.writtenBytes,
  databaseQueries: LIMITS.intervalsRead,
  documentsRead: LIMITS.documentsRead,
  documentsWritten: LIMITS.documentsWritten,
  functionsScheduled: LIMITS.functionsScheduled,
  scheduledFunctionArgsBytes: LIMITS.scheduledArgsBytes,
  filesWritten: LIMITS.filesWritten,
  fileWriteBytes: LIMITS.fileWrittenBytes,
  filesRead: LIMITS.filesRead,
  fileReadBytes: LIMITS.fileReadBytes,
};

const OVER_LIMIT_HELP =
  "Consider using smaller limits in your queries, paginating your queries, " +
  "or using indexed queries with a selective index range expressions.";

/** The codes of refusals to read on. A paginated query stops there and says so instead. */
const READ_LIMIT_CODES = new Set(["TooManyDocumentsRead", "TooManyBytesRead", "TooManyReads"]);

/** All codes of what a transaction may no longer do. */
const LIMIT_CODES = new Set([
  ...READ_LIMIT_CODES,
  "TooManyWrites",
  "TooManyBytesWritten",
  "TooManyFunctionsScheduled",
  "ScheduledFunctionsArgumentsTooLarge",
  "TooManyFiles",
  "TooManyFileBytes",
]);

/** Whether a syscall failed because a limit of its transaction was reached. */
export function isLimit(error: unknown): error is UserError {
  return error instanceof UserError && error.code !== null && LIMIT_CODES.has(error.code);
}

export function isReadLimit(error: unknown): error is UserError {
  return error instanceof UserError && error.code !== null && READ_LIMIT_CODES.has(error.code);
}

/** Sums that a rollback takes back: what was undone was not written. Reads did happen. */
export type WriteSums = Pick<
  TransactionLimits,
  | "bytesWritten"
  | "documentsWritten"
  | "functionsScheduled"
  | "scheduledFunctionArgsBytes"
  | "filesWritten"
  | "fileWriteBytes"
>;

/** What a transaction has used, the largest single pieces included. */
export type TransactionUse = TransactionLimits & {
  largestDocumentBytes: number;
  largestJobArgsBytes: number;
};

export class Usage {
  /** How many intervals the read set holds. */
  databaseQueries = 0;

  private documentsRead = 0;
  private bytesRead = 0;
  private largestDocumentBytes = 0;
  private largestJobArgsBytes = 0;
  private filesRead = 0;
  private fileReadBytes = 0;
  private writes: WriteSums = {
    bytesWritten: 0,
    documentsWritten: 0,
    functionsScheduled: 0,
    scheduledFunctionArgsBytes: 0,
    filesWritten: 0,
    fileWriteBytes: 0,
  };

  limits: TransactionLimits;

  constructor(limits: TransactionLimits) {
    this.limits = limits;
  }

  /** Counts a document that a function was given. Its size is taken to be its text's length. */
  countRead(text: string): void {
    this.documentsRead++;
    this.bytesRead += text.length;
    if (this.documentsRead > this.limits.documentsRead) {
      throw new UserError(
        `Too many documents read in a single function execution (limit: ${this.limits.documentsRead}). ${OVER_LIMIT_HELP}`,
        "TooManyDocumentsRead",
      );
    }
    if (this.bytesRead > this.limits.bytesRead) {
      throw new UserError(
        `Too many bytes read in a single function execution (limit: ${this.limits.bytesRead} bytes). ${OVER_LIMIT_HELP}`,
        "TooManyBytesRead",
      );
    }
  }

  /** Notes how many intervals the read set holds by now. */
  countIntervals(intervals: number): void {
    this.databaseQueries = intervals;
    if (intervals > this.limits.databaseQueries) {
      throw new UserError(
        `Too many reads in a single function execution (limit: ${this.limits.databaseQueries}). ${OVER_LIMIT_HELP}`,
        "TooManyReads",
      );
    }
  }

  countWrite(sizeBytes: number): void {
    this.writes.documentsWritten++;
    this.writes.bytesWritten += sizeBytes;
    if (sizeBytes > this.largestDocumentBytes) this.largestDocumentBytes = sizeBytes;
    if (this.writes.documentsWritten > this.limits.documentsWritten) {
      throw new UserError(
        `Too many writes in a single function execution (limit: ${this.limits.documentsWritten})`,
        "TooManyWrites",
      );
    }
    if (this.writes.bytesWritten > this.limits.bytesWritten) {
      throw new UserError(
        `Too many bytes written in a single function execution (limit: ${this.limits.bytesWritten} bytes)`,
        "TooManyBytesWritten",
      );
    }
  }

  countScheduled(argsBytes: number): void {
    const { functionsScheduled, scheduledFunctionArgsBytes } = this.limits;
    if (this.writes.functionsScheduled >= functionsScheduled) {
      throw new UserError(
        `Too many functions scheduled by this mutation (limit: ${functionsScheduled})`,
        "TooManyFunctionsScheduled",
      );
    }
    if (this.writes.scheduledFunctionArgsBytes + argsBytes > scheduledFunctionArgsBytes) {
      throw new UserError(
        `Too large total size of the arguments of scheduled functions from this mutation (limit: ${scheduledFunctionArgsBytes} bytes)`,
        "ScheduledFunctionsArgumentsTooLarge",
      );
    }
    this.writes.functionsScheduled++;
    this.writes.scheduledFunctionArgsBytes += argsBytes;
    if (argsBytes > this.largestJobArgsBytes) this.largestJobArgsBytes = argsBytes;
  }

  countFileRead(sizeBytes: number): void {
    this.filesRead++;
    this.fileReadBytes += sizeBytes;
    const { filesRead, fileReadBytes } = this.limits;
    requireFiles("read", { files: this.filesRead, filesMax: filesRead });
    requireFileBytes("read", { bytes: this.fileReadBytes, bytesMax: fileReadBytes });
  }

  countFileWrite(sizeBytes: number): void {
    this.writes.filesWritten++;
    this.writes.fileWriteBytes += sizeBytes;
    const { filesWritten, fileWriteBytes } = this.limits;
    requireFiles("stored", { files: this.writes.filesWritten, filesMax: filesWritten });
    requireFileBytes("stored", { bytes: this.writes.fileWriteBytes, bytesMax: fileWriteBytes });
  }

  writeSums(): WriteSums {
    return { ...this.writes };
  }

  restoreWriteSums(sums: WriteSums): void {
    this.writes = { ...sums };
  }

  /**
   * The limits of a nested call that asks for tighter ones: as much again as it asks for, counted from
   * here, and never more than what its caller has left.
   */
  nestedLimits(requested: Partial<TransactionLimits>): TransactionLimits {
    const nested = { ...this.limits };
    for (const [name, { used }] of Object.entries(this.metrics())) {
      const key = name as keyof TransactionLimits;
      const more = requested[key];
      if (more !== undefined) nested[key] = Math.min(nested[key], used + more);
    }
    return nested;
  }

  used(): TransactionUse {
    const { largestDocumentBytes, largestJobArgsBytes } = this;
    return { ...this.sums(), largestDocumentBytes, largestJobArgsBytes };
  }

  metrics(): TransactionMetrics {
    const metrics: TransactionMetrics = {};
    for (const [name, used] of Object.entries(this.sums())) {
      metrics[name] = { used, remaining: this.limits[name as keyof TransactionLimits] - used };
    }
    return metrics;
  }

  private sums(): TransactionLimits {
    return {
      bytesRead: this.bytesRead,
      bytesWritten: this.writes.bytesWritten,
      databaseQueries: this.databaseQueries,
      documentsRead: this.documentsRead,
      documentsWritten: this.writes.documentsWritten,
      functionsScheduled: this.writes.functionsScheduled,
      scheduledFunctionArgsBytes: this.writes.scheduledFunctionArgsBytes,
      filesWritten: this.writes.filesWritten,
      fileWriteBytes: this.writes.fileWriteBytes,
      filesRead: this.filesRead,
      fileReadBytes: this.fileReadBytes,
    };
  }
}

const FILES_HELP = "Consider an action, or an upload URL for large files.";

function requireFiles(verb: string, { files, filesMax }: { files: number; filesMax: number }) {
  if (files <= filesMax) return;
  throw new UserError(
    `Too many files ${verb} in a single function execution (limit: ${filesMax}). ${FILES_HELP}`,
    "TooManyFiles",
  );
}

function requireFileBytes(verb: string, { bytes, bytesMax }: { bytes: number; bytesMax: number }) {
  if (bytes <= bytesMax) return;
  throw new UserError(
    `Too many bytes of files ${verb} in a single function execution (limit: ${bytesMax} bytes). ${FILES_HELP}`,
    "TooManyFileBytes",
  );
}
