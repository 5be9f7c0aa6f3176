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

/** One row per mutation that a client may send again, with its reply. Written in the mutation's own transaction; swept by age. */
export const CLIENT_REQUESTS_TABLE = "_client_requests";
export const CLIENT_REQUESTS_BY_REQUEST = "by_session_and_request";

/** One row per cron of the deployment: when it runs next. Written by pushes and by the crons' runs; goes with its cron. */
export const CRONS_TABLE = "_cron_jobs";

const SYSTEM_TABLES: readonly { name: string; indexes: readonly IndexSpec[] }[] = [
  {
    name: JOBS_TABLE,
    indexes: [
      { name: JOBS_BY_STATE, fields: ["state.kind", "scheduledTime"] },
      { name: JOBS_BY_COMPLETED_TIME, fields: ["completedTime"] },
    ],
  },
  {
    name: CLIENT_REQUESTS_TABLE,
    indexes: [{ name: CLIENT_REQUESTS_BY_REQUEST, fields: ["sessionId", "requestId"] }],
  },
  { name: CRONS_TABLE, indexes: [] },
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
