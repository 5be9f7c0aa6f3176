/** Cursors of paginated queries: opaque texts that say where a page ended and of which query. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { timingSafeEqual } from "node:crypto";
import { openSecret } from "../store/secret";
import type { Store } from "../store/store";
import { UserError } from "./types";

/** `after` a key of the query's index, or at the end of the query. */
export type Position = { after: Uint8Array } | "end";

const FINGERPRINT_BYTES = 16;
const SEAL_BYTES = 16;
const SECRET_BYTES = 32;
const SECRET_SETTING = "engine.cursorSecret";
const TAG_END = 0;
const TAG_AFTER = 1;

/**
 * Seals and opens cursors. A cursor holds an index key, so it is encrypted: fields that a function
 * does not return stay unseen, and nobody can make a cursor that points elsewhere. The same position
 * of the same query gives the same text (the initialisation vector is a keyed hash of the content), so
 * that a page that did not change is seen not to have changed.
 */
export class CursorSealer {
  private readonly encryptionKey: Buffer;
  private readonly hashKey: Buffer;

  constructor(secret: Uint8Array) {
    this.encryptionKey = createHmac("sha256", secret).update("cursor encryption").digest();
    this.hashKey = createHmac("sha256", secret).update("cursor hash").digest();
  }

  seal(fingerprint: Uint8Array, position: Position): string {
    const content = Buffer.concat([
      fingerprint,
      position === "end"
        ? Buffer.from([TAG_END])
        : Buffer.concat([Buffer.from([TAG_AFTER]), position.after]),
    ]);
    const seal = this.sealOf(content);
    const cipher = createCipheriv("aes-256-ctr", this.encryptionKey, seal);
    return Buffer.concat([seal, cipher.update(content), cipher.final()]).toString("base64url");
  }

  /** @throws UserError InvalidCursor: not a cursor of ours, or one of another query. */
  open(cursor: string, fingerprint: Uint8Array): Position {
    const bytes = Buffer.from(cursor, "base64url");
    if (bytes.length <= SEAL_BYTES + FINGERPRINT_BYTES) throw unreadableCursor();
    const seal = bytes.subarray(0, SEAL_BYTES);
    const cipher = createDecipheriv("aes-256-ctr", this.encryptionKey, seal);
    const content = Buffer.concat([cipher.update(bytes.subarray(SEAL_BYTES)), cipher.final()]);
    if (!timingSafeEqual(this.sealOf(content), seal)) throw unreadableCursor();
    if (!content.subarray(0, FINGERPRINT_BYTES).equals(fingerprint)) throw foreignCursor();
    if (content[FINGERPRINT_BYTES] === TAG_END) return "end";
    return { after: new Uint8Array(content.subarray(FINGERPRINT_BYTES + 1)) };
  }

  private sealOf(content: Uint8Array): Buffer {
    return createHmac("sha256", this.hashKey).update(content).digest().subarray(0, SEAL_BYTES);
  }
}

/** The sealer of a store, whose secret outlives restarts: clients keep cursors. As `openSecret`. */
export function openCursorSealer(store: Store): CursorSealer {
  return new CursorSealer(openSecret(store, SECRET_SETTING));
}

/** A sealer whose cursors end with the process. */
export function temporaryCursorSealer(): CursorSealer {
  return new CursorSealer(randomBytes(SECRET_BYTES));
}

/** Tells queries apart: a cursor is only good for the very query that gave it. */
export function fingerprintOf(query: string): Uint8Array {
  return createHash("sha256").update(query).digest().subarray(0, FINGERPRINT_BYTES);
}

// "InvalidCursor" in the message is what makes Convex's React hooks start again from the first page.

function foreignCursor(): UserError {
  return new UserError(
    "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a different query.",
    "InvalidCursor",
  );
}

function unreadableCursor(): UserError {
  return new UserError("InvalidCursor: Failed to parse cursor", "InvalidCursor");
}
