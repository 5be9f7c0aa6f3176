/** Limits that more than one part of the product obeys. Each says why it is what it is. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Of a model's name, as providers, prices and budgets have it. */
export const MODEL_LENGTH_MAX = 200;

/** As long as a person waits for a provider that asked for time; beyond, a call is given up. */
export const PROVIDER_WAIT_MS_MAX = 20 * SECOND_MS;

/**
 * How long a worker may be silent before its run is given to another one. A flushed chunk comes every
 * ~100 ms and a heartbeat every 10 s, so three heartbeats may go missing before anybody is suspected.
 */
export const LEASE_TTL_MS = 30 * SECOND_MS;
export const HEARTBEAT_INTERVAL_MS = 10 * SECOND_MS;

/**
 * How long a wake-up may stay unheard before the reaper asks what became of it. A job starts within
 * milliseconds when a slot is free; when none is, it is pending, and the reaper lets it be.
 */
export const WAKE_GRACE_MS = 30 * SECOND_MS;

/**
 * How many leases in a row a run may lose without finishing a step. A deploy or a killed process loses
 * one; a run that loses three takes its workers down with it, and must be seen instead of repeated.
 */
export const LEASES_LOST_MAX = 3;
