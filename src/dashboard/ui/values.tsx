/** Amounts and moments as people read them; the exact one is one hover away. */
import { formatDistanceStrict } from "date-fns";
import { displayUsd, parseUsd } from "../../core/money";
import { useMinute } from "../data/clock";
import { useExactTimes } from "./exactTimes";

/** @param usd - A decimal of USD, as the doors give it. */
export function Money({ usd }: { usd: string }) {
  const pico = parseUsd(usd);
  // Sums beyond what one amount holds are whole dollars to anybody.
  const text =
    pico === null
      ? `$${Number(usd).toLocaleString("en-US", { maximumFractionDigits: 0 })}`
      : displayUsd(pico);
  return (
    <span className="tabular-nums" title={`$${usd}`}>
      {text}
    </span>
  );
}

const MINUTE_MS = 60_000;

/**
 * How long ago, or in how long, to the minute; the exact instant in the reader's zone on hover, or for all moments at
 * once by an action of the palette.
 */
export function Moment({ atMs }: { atMs: number }) {
  const isExact = useExactTimes();
  // Shown anew with each minute.
  useMinute();
  const at = new Date(atMs);
  const title = at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  const short = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  return (
    <time dateTime={at.toISOString()} title={title}>
      {isExact ? short : distanceText(atMs, Date.now())}
    </time>
  );
}

function distanceText(atMs: number, nowMs: number): string {
  if (Math.abs(atMs - nowMs) >= MINUTE_MS)
    return formatDistanceStrict(atMs, nowMs, { addSuffix: true });
  return atMs > nowMs ? "within a minute" : "just now";
}

const WHOLE = new Intl.NumberFormat();

export function Count({ of }: { of: number | bigint }) {
  return <span className="tabular-nums">{WHOLE.format(of)}</span>;
}
