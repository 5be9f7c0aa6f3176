/**
 * What a period will come to, by the one rule of all forecasts here: what is left of it goes on at the average pace of
 * what has passed of it. It knows nothing of weekends or of what is planned; it is a straight line, and says so.
 */
import { DAY_MS } from "../core/limits";

/** Before so much of a period has passed, there is no pace to speak of: a day, or a 24th of what is shorter. */
const PARTS = 24;

export type Elapsed = Readonly<{ startMs: number; endMs: number; nowMs: number }>;

export type Forecast = Readonly<{
  /** Spent by the period's end: whole picoUSD or tokens, as what is spent. */
  atEnd: bigint;
  /** When the limit is reached: the present moment if it is already, null if not within the period. */
  reachedAtMs: number | null;
}>;

/** @returns Null while it is too early to tell, or where the moment is not within the period. */
export function forecastOf(
  { spent, limit }: { spent: bigint; limit?: bigint },
  { startMs, endMs, nowMs }: Elapsed,
): Forecast | null {
  const [lengthMs, elapsedMs] = [endMs - startMs, Math.floor(nowMs - startMs)];
  if (elapsedMs < Math.min(DAY_MS, lengthMs / PARTS) || nowMs > endMs) return null;
  const [length, elapsed] = [BigInt(lengthMs), BigInt(elapsedMs)];
  return {
    atEnd: (spent * length) / elapsed,
    reachedAtMs:
      limit === undefined ? null : reachedAtMs({ spent, limit }, { startMs, elapsed, length }),
  };
}

function reachedAtMs(
  { spent, limit }: { spent: bigint; limit: bigint },
  { startMs, elapsed, length }: { startMs: number; elapsed: bigint; length: bigint },
): number | null {
  if (spent >= limit) return startMs + Number(elapsed);
  if (spent * length < limit * elapsed) return null;
  // Upwards: at that millisecond it is reached, and not just before.
  return startMs + Number((limit * elapsed + spent - 1n) / spent);
}
