/**
 * `npx convex export`: a ZIP file of all tables at one moment, made beside the other work, one at a time.
 * The newest is kept until the next is asked for.
 */
import { existsSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeZip } from "../../archive/zip";
import type { Catalog, ComponentPath, Transaction } from "../../engine/types";
import type { FileStore } from "../../store/files";
import { openSnapshot } from "../../store/snapshot";
import type { JsonObject } from "../../values/json";
import type { Committer } from "../committer";
import { EXPORTS_TABLE } from "../systemTables";
import { RequestError } from "../types";
import { exportEntries, tablesToExport } from "./exportEntries";
import { encodeInt64 } from "./int64";

export type ExportRequest = { includesFiles: boolean; componentPath: ComponentPath | null };
export type ExportFile = { path: string; sizeBytes: number };

export interface Exports {
  /** Starts one. @throws RequestError - One is being made. */
  request(request: ExportRequest): Promise<void>;
  /** The file of the export that started at `startTs`. @throws RequestError - There is none. */
  find(startTs: string): Promise<ExportFile>;
}

export type OpenExports = Exports & {
  /** Clears up after a process that ended while it made one. */
  start(): Promise<void>;
  /** Gives up what is being made. */
  stop(): Promise<void>;
};

const FOLDER = "exports";

export function createExports(options: {
  folder: string;
  catalog: Catalog;
  committer: Committer;
  files: FileStore;
}): OpenExports {
  const { catalog, committer, files } = options;
  const folder = join(options.folder, FOLDER);
  const pathOf = (startTs: string) => join(folder, `${startTs}.zip`);
  let running: Promise<void> | null = null;
  let isBusy = false;
  let isStopped = false;

  const change = <T>(body: (tx: Transaction) => T) =>
    committer.submit((tx) => ({ commit: true, value: body(tx) }));

  async function make(id: string, startTs: string, request: ExportRequest): Promise<void> {
    const state = (fields: JsonObject) => change((tx) => tx.patch("", id, fields));
    await state({ state: "in_progress", start_ts: encodeInt64(BigInt(startTs)) });
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await write(pathOf(startTs), request);
      const { tsMicros } = await state({});
      const complete_ts = encodeInt64(BigInt(tsMicros) * 1000n);
      await state({ state: "completed", complete_ts, zip_object_key: startTs });
    } catch (error) {
      if (isStopped) return; // the next start says so
      console.error("An export could not be made.", error);
      await state({ state: "failed" });
    }
  }

  async function write(
    path: string,
    { includesFiles, componentPath }: ExportRequest,
  ): Promise<void> {
    const release = files.holdRemovals();
    // The view and the tables in it are of one moment: nothing commits between these two lines.
    const snapshot = openSnapshot(options.folder);
    const componentPaths = componentPath === null ? catalog.componentPaths() : [componentPath];
    const tables = tablesToExport(catalog, componentPaths);
    try {
      const source = { snapshot, tables, files: includesFiles ? files : null };
      await writeZip(path, untilStopped(exportEntries(source)));
    } finally {
      snapshot.close();
      release();
    }
  }

  async function* untilStopped<T>(entries: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const entry of entries) {
      if (isStopped) throw new Error("The runtime is shutting down.");
      yield entry;
    }
  }

  return {
    async request(request) {
      if (isBusy) {
        throw new RequestError(
          400,
          "ExportInProgress",
          "There is already an export requested or in progress.",
        );
      }
      isBusy = true;
      try {
        const { value: id, tsMicros } = await change((tx) => {
          for (const { _id } of listExports(tx)) tx.delete("", _id);
          const format = { format: "zip", include_storage: request.includesFiles };
          const row = { state: "requested", format, requestor: "snapshotExport" };
          return tx.insert("", EXPORTS_TABLE, row);
        });
        running = make(id, String(BigInt(tsMicros) * 1000n), request).finally(() => {
          isBusy = false;
        });
      } catch (error) {
        isBusy = false;
        throw error;
      }
    },
    async find(startTs) {
      const path = /^\d+$/.test(startTs) ? pathOf(startTs) : "";
      if (path === "" || isBusy || !existsSync(path)) {
        throw new RequestError(404, "ExportNotFound", `There is no export ${startTs}.`);
      }
      return { path, sizeBytes: (await stat(path)).size };
    },
    async start() {
      await change((tx) => {
        for (const { _id, state } of listExports(tx)) {
          if (state !== "completed") tx.patch("", _id, { state: "failed" });
        }
      });
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

/** The newest first. */
export function listExports(tx: Transaction) {
  const source = { table: EXPORTS_TABLE, index: "by_creation_time" };
  return tx.list("", source, { order: "desc", limit: 10 });
}
