/** The runtime's own tables, each with: who writes it, who reads it, how its rows end. */
import type { IndexSpec, StoredCatalog } from "../engine/catalog";
import type { ComponentPath } from "../engine/types";

/**
 * One row per scheduled function, in the shape that functions read with `db.system`. Written by
 * `ctx.scheduler` and the scheduler; swept a week after completion.
 */
export const JOBS_TABLE = "_scheduled_functions";
export const JOBS_BY_STATE = "by_state_and_scheduled_time";
export const JOBS_BY_COMPLETED_TIME = "by_completed_time";

/**
 * For a job that runs a function of another component than the one that scheduled it: of which. Functions
 * see the rows of jobs, where Convex shows no component. Written and deleted with its job.
 */
export const JOB_TARGETS_TABLE = "_scheduled_function_targets";
export const JOB_TARGETS_BY_JOB = "by_job";

/** One row per mutation that a client may send again, with its reply. Written in the mutation's own transaction; swept by age. */
export const CLIENT_REQUESTS_TABLE = "_client_requests";
export const CLIENT_REQUESTS_BY_REQUEST = "by_session_and_request";

/** One row per cron of the deployment: when it runs next. Written by pushes and by the crons' runs; goes with its cron. */
export const CRONS_TABLE = "_cron_jobs";

/**
 * One row per stored file, as functions see it with `db.system`. Written by uploads and `ctx.storage`; ends
 * when the file is deleted, and its bytes with it.
 */
export const FILES_TABLE = "_storage";

/** Beside each row of `_storage`: the key of the file's bytes and the id in its URL, which functions must not see. */
export const FILE_LOCATIONS_TABLE = "_file_storage";
export const FILE_LOCATIONS_BY_FILE = "by_file_id";
export const FILE_LOCATIONS_BY_URL_ID = "by_storage_id";
export const FILE_LOCATIONS_BY_KEY = "by_storage_key";

/** The newest export, in the app only. Written by `npx convex export`; goes when the next is asked for. */
export const EXPORTS_TABLE = "_exports";

/** One row per import, in the app only. Written by `npx convex import`; the oldest goes when there are many. */
export const IMPORTS_TABLE = "_snapshot_imports";

const SYSTEM_TABLES: readonly { name: string; indexes: readonly IndexSpec[] }[] = [
  {
    name: JOBS_TABLE,
    indexes: [
      { name: JOBS_BY_STATE, fields: ["state.kind", "scheduledTime"] },
      { name: JOBS_BY_COMPLETED_TIME, fields: ["completedTime"] },
    ],
  },
  { name: JOB_TARGETS_TABLE, indexes: [{ name: JOB_TARGETS_BY_JOB, fields: ["jobId"] }] },
  {
    name: CLIENT_REQUESTS_TABLE,
    indexes: [{ name: CLIENT_REQUESTS_BY_REQUEST, fields: ["sessionId", "requestId"] }],
  },
  { name: CRONS_TABLE, indexes: [] },
  { name: FILES_TABLE, indexes: [] },
  {
    name: FILE_LOCATIONS_TABLE,
    indexes: [
      { name: FILE_LOCATIONS_BY_FILE, fields: ["fileId"] },
      { name: FILE_LOCATIONS_BY_URL_ID, fields: ["storageId"] },
      { name: FILE_LOCATIONS_BY_KEY, fields: ["storageKey"] },
    ],
  },
  { name: EXPORTS_TABLE, indexes: [] },
  { name: IMPORTS_TABLE, indexes: [] },
];

/** Makes the tables of each component, or brings their indexes up to date. Inside a store write transaction. */
export function ensureSystemTables(
  catalog: StoredCatalog,
  componentPaths: Iterable<ComponentPath>,
): void {
  for (const componentPath of componentPaths) {
    for (const { name, indexes } of SYSTEM_TABLES) {
      catalog.ensureSystemTable(componentPath, name, indexes);
    }
  }
}
