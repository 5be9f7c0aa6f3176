/**
 * `npx convex import`: a file is uploaded in parts, looked through, confirmed and carried out, one import after
 * the other.
 *
 *   upload ──▶ uploaded ──▶ waiting_for_confirmation ──▶ in_progress ──▶ completed
 *                 └────────────────┴──────────────────────────┴──▶ failed
 */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { hiddenTables, removeHidden } from "../../engine/tableReplacement";
import type { ComponentPath, TableInfo, Transaction } from "../../engine/types";
import { isFileKey } from "../../store/files";
import { encodeId } from "../../values/ids";
import type { JsonDocument, JsonObject } from "../../values/json";
import { FILE_LOCATIONS_BY_KEY, IMPORTS_TABLE } from "../systemTables";
import { RequestError } from "../types";
import { ImportError } from "./importError";
import { confirmationOf, planImport, type ImportMode } from "./importPlan";
import { openImportSource, type ImportFormat } from "./importSource";
import { runImport, type ImportTarget } from "./importTables";
import { encodeInt64 } from "./int64";

export type ImportRequest = {
  format: ImportFormat;
  mode: ImportMode;
  componentPath: ComponentPath;
};

export interface Imports {
  startUpload(): Promise<string>;
  /** @returns The part's token. @throws RequestError - No such upload, or no number of a part. */
  uploadPart(uploadToken: string, part: { number: number; content: Readable }): Promise<string>;
  /** Puts the parts together and looks through them. @returns The import's id. @throws RequestError */
  finishUpload(
    uploadToken: string,
    partTokens: readonly string[],
    request: ImportRequest,
  ): Promise<string>;
  /** Carries out what waits for it. @throws RequestError - It does not. */
  perform(importId: string): Promise<void>;
  /** Gives up what waits for a confirmation. @throws RequestError - It does not. */
  cancel(importId: string): Promise<void>;
}

export type OpenImports = Imports & {
  /** Clears up after a process that ended in the middle. */
  start(): Promise<void>;
  /** Begins nothing more; what is being carried out is given up. */
  stop(): Promise<void>;
};

const FOLDER = "imports";
const KEPT_MAX = 20;
const EMPTIED_PER_STEP = 200;
const TOKEN = /^[0-9a-f-]{36}$/;
const PART_NUMBER_MAX = 10_000;
const STOPPED = "The server was stopped in the middle. Import again.";

type Waiting = { request: ImportRequest; path: string };

export function createImports(target: ImportTarget & { folder: string }): OpenImports {
  const { catalog, committer, store } = target;
  const folder = join(target.folder, FOLDER);
  const waiting = new Map<string, Waiting>();
  let isStopped = false;
  /** The last import that was begun; the next one waits for it. */
  let last: Promise<unknown> = Promise.resolve();

  const change = <T>(body: (tx: Transaction) => T) =>
    committer.submit((tx) => ({ commit: true, value: body(tx) }));
  const setState = async (id: string, state: JsonObject) =>
    void (await change((tx) => tx.patch("", id, { state })));

  function requireGoingOn(): void {
    if (isStopped) throw new ImportError(STOPPED);
  }

  /** Runs after all imports before it. A failure is the import's state, not the caller's. */
  function inOrder(id: string, run: () => Promise<void>): void {
    last = last.then(run).catch(async (error: unknown) => {
      if (isStopped) return; // the next start says so
      if (!(error instanceof ImportError)) console.error("An import failed.", error);
      const message = error instanceof ImportError ? error.message : "Import failed.";
      await forget(id);
      await setState(id, { state: "failed", error_message: message }).catch(() => {});
      await discardHidden().catch(() => {}); // the next import or start does it
    });
  }

  async function forget(id: string): Promise<void> {
    const path = waiting.get(id)?.path;
    waiting.delete(id);
    if (path !== undefined) await rm(path, { force: true });
  }

  async function lookThrough(id: string, { request, path }: Waiting): Promise<void> {
    const { message, isNeeded } = await openImportSource({ ...request, path }, async (source) =>
      confirmationOf(await planImport({ catalog, store }, { source, mode: request.mode })),
    );
    requireGoingOn();
    const confirmation = { message_to_confirm: message, require_manual_confirmation: isNeeded };
    await setState(id, { state: "waiting_for_confirmation", ...confirmation });
  }

  async function carryOut(id: string, { request, path }: Waiting): Promise<void> {
    const checkpoints: string[] = [];
    const written = await openImportSource({ ...request, path }, async (source) => {
      // Again: the tables may have changed while the person read.
      const plans = await planImport({ catalog, store }, { source, mode: request.mode });
      return await runImport(target, {
        plans,
        source,
        async progress({ table, added }, count) {
          requireGoingOn();
          const progress_message = `Importing "${table}" (${count} of ${added} documents)`;
          if (count === added) checkpoints.push(`Imported "${table}": ${count} documents`);
          const checkpoint_messages = [...checkpoints];
          await setState(id, { state: "in_progress", progress_message, checkpoint_messages });
        },
      });
    });
    await forget(id);
    await setState(id, { state: "completed", num_rows_written: encodeInt64(BigInt(written)) });
    await discardHidden();
  }

  /** Empties what was replaced or left behind, a little at a time, and removes it. */
  async function discardHidden(): Promise<void> {
    for (const table of hiddenTables(catalog)) {
      while (await emptyStep(table)) await nextTurn();
      if (isStopped) return;
      await committer.prepare(() => removeHidden(catalog, store, table));
    }
  }

  async function emptyStep(table: TableInfo): Promise<boolean> {
    const [byId] = table.indexes;
    if (byId === undefined || isStopped) return false;
    const range = { lower: new Uint8Array(0), upper: null };
    const rows = store.scan(byId.indexId, range, { order: "asc", limit: EMPTIED_PER_STEP });
    if (rows.length === 0) return false;
    await change((tx) => {
      for (const { key } of rows) tx.delete(table.componentPath, encodeId(table.tableNumber, key));
    });
    if (table.indexes.some(({ name }) => name === FILE_LOCATIONS_BY_KEY)) {
      for (const { text } of rows) {
        const { storageKey } = JSON.parse(text) as JsonDocument;
        if (typeof storageKey === "string" && isFileKey(storageKey)) target.doubt(storageKey);
      }
    }
    return true;
  }

  function uploadFolder(token: string): string {
    if (TOKEN.test(token)) return join(folder, token);
    throw new RequestError(400, "ImportUploadNotFound", "There is no such upload.");
  }

  function take(importId: string): Waiting {
    const found = waiting.get(importId);
    if (found !== undefined) return found;
    throw new RequestError(
      400,
      "ImportNotWaiting",
      "The import is not waiting for a confirmation.",
    );
  }

  return {
    async startUpload() {
      const token = randomUUID();
      await mkdir(join(folder, token), { recursive: true, mode: 0o700 });
      return token;
    },
    async uploadPart(token, { number, content }) {
      if (!Number.isInteger(number) || number < 1 || number >= PART_NUMBER_MAX) {
        throw new RequestError(400, "ImportFailed", `${number} is no number of a part.`);
      }
      const path = join(uploadFolder(token), String(number));
      try {
        await pipeline(content, createWriteStream(path, { mode: 0o600 }));
      } catch (error) {
        await rm(path, { force: true });
        const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
        if (isGone) throw new RequestError(400, "ImportUploadNotFound", "There is no such upload.");
        throw error;
      }
      return String(number);
    },
    async finishUpload(token, partTokens, request) {
      const parts = uploadFolder(token);
      const path = `${parts}.upload`;
      if (!partTokens.every((part) => /^\d{1,4}$/.test(part))) {
        throw new RequestError(400, "ImportFailed", "There is no such part.");
      }
      await pipeline(
        piecesOf(partTokens.map((part) => join(parts, part))),
        createWriteStream(path, { mode: 0o600 }),
      );
      await rm(parts, { recursive: true, force: true });
      const { value: id } = await change((tx) => {
        for (const { _id } of listImports(tx).slice(KEPT_MAX - 1)) tx.delete("", _id);
        const { mode, format } = request;
        const row = { state: { state: "uploaded" }, mode, format, requestor: "snapshotImport" };
        return tx.insert("", IMPORTS_TABLE, row);
      });
      waiting.set(id, { request, path });
      inOrder(id, () => lookThrough(id, { request, path }));
      return id;
    },
    async perform(importId) {
      const found = take(importId);
      await setState(importId, { state: "in_progress", checkpoint_messages: [] });
      inOrder(importId, () => carryOut(importId, found));
    },
    async cancel(importId) {
      take(importId);
      await forget(importId);
      await setState(importId, { state: "failed", error_message: "Import canceled" });
    },
    async start() {
      await rm(folder, { recursive: true, force: true });
      await change((tx) => {
        for (const { _id, state } of listImports(tx)) {
          const { state: name } = state as { state: string };
          if (name !== "completed" && name !== "failed") {
            tx.patch("", _id, { state: { state: "failed", error_message: STOPPED } });
          }
        }
      });
      last = discardHidden().catch((error: unknown) =>
        console.error("What an import left behind could not be removed.", error),
      );
    },
    async stop() {
      isStopped = true;
      await last;
    },
  };
}

/** The newest first. */
export function listImports(tx: Transaction): JsonDocument[] {
  const source = { table: IMPORTS_TABLE, index: "by_creation_time" };
  return tx.list("", source, { order: "desc", limit: 2 * KEPT_MAX });
}

async function* piecesOf(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path) as AsyncIterable<Buffer>;
}
