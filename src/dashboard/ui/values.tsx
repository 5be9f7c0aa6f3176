/** Amounts and moments as people read them; the exact one is one hover away. */
import { formatDistanceStrict } from "date-fns";
import { useMemo } from "react";
import { displayUsd, parseUsd } from "../../core/money";
import { useNow } from "../data/clock";
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
// Making one takes longer than all that it is used for.
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/**
 * How long ago, or in how long, to the minute; the exact instant in the reader's zone on hover, or for all moments at
 * once by an action of the palette.
 */
export function Moment({ atMs }: { atMs: number }) {
  const isExact = useExactTimes();
  const distance = useNow((nowMs) => distanceText(atMs, nowMs));
  const exact = useMemo(() => new Date(atMs).toISOString(), [atMs]);
  const title = useMemo(() => FULL.format(atMs), [atMs]);
  return (
    <time dateTime={exact} title={title}>
      {isExact ? SHORT.format(atMs) : distance}
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
