/** Amounts and moments as people read them; the exact one is one hover away. */
import { formatDistanceToNowStrict } from "date-fns";
import { displayUsd, parseUsd } from "../../core/money";

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

/** How long ago, or in how long; the exact instant in the reader's zone on hover. */
export function Moment({ atMs }: { atMs: number }) {
  const at = new Date(atMs);
  const exact = at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  return (
    <time dateTime={at.toISOString()} title={exact}>
      {formatDistanceToNowStrict(at, { addSuffix: true })}
    </time>
  );
}

const WHOLE = new Intl.NumberFormat();

export function Count({ of }: { of: number | bigint }) {
  return <span className="tabular-nums">{WHOLE.format(of)}</span>;
}
