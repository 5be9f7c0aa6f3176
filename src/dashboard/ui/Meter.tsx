import { cn } from "./classes";

type MeterProps = { label: string; percent: number; className?: string };

const NEAR_PERCENT = 75;
const FULL_PERCENT = 100;

/** Beyond it, a figure says no more than that. */
const MOST_PERCENT = 999;

/** Whole percents. What is not all used does not read as if it were. */
export function percentText(percent: number): string {
  return percent > MOST_PERCENT ? `> ${MOST_PERCENT} %` : `${Math.floor(percent)} %`;
}

/** How much of something is used: a bar for the eye, its percentage for the ear. */
export function Meter({ label, percent, className }: MeterProps) {
  const tone =
    percent >= FULL_PERCENT ? "bg-bad" : percent >= NEAR_PERCENT ? "bg-warn" : "bg-accent";
  const shown = Math.min(FULL_PERCENT, Math.max(0, percent));
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={Math.floor(shown)}
      aria-valuetext={percentText(percent)}
      aria-valuemin={0}
      aria-valuemax={FULL_PERCENT}
      className={cn("bg-sunken h-2 overflow-hidden rounded-full forced-colors:border", className)}
    >
      <div className={cn("bar h-full rounded-full", tone)} style={{ width: `${shown}%` }} />
    </div>
  );
}
