import { CartesianGrid, Line, LineChart, ResponsiveContainer, XAxis, YAxis } from "recharts";
import type { BurnDownPoint } from "../../budgets/burnDown";
import { displayUsd } from "../../core/money";
import type { Measure } from "./measure";

type BurnDownChartProps = { points: readonly BurnDownPoint[]; unit: Measure["unit"] };

const HEIGHT_PX = 180;
const WIDTH_PX = 2;
const AXIS = { stroke: "var(--subtle)", fontSize: 12, tickLine: false };

/** Told apart by how they are drawn, not by their colour alone. */
const LINES = [
  { key: "even", name: "Evenly", stroke: "var(--subtle)", dash: "2 4" },
  { key: "ahead", name: "At this pace", stroke: "var(--warn)", dash: "7 4" },
  { key: "left", name: "Left", stroke: "var(--accent)", dash: "0" },
] as const;

/** Lines for the eye; the same as a list for whoever is read to. */
export default function BurnDownChart({ points, unit }: BurnDownChartProps) {
  const say = (amount: number) => (unit === "usd" ? usdOf(amount) : COMPACT.format(amount));
  return (
    <>
      <div aria-hidden>
        <ResponsiveContainer width="100%" height={HEIGHT_PX}>
          <LineChart data={[...points]} accessibilityLayer={false} margin={{ top: 8, right: 8 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="period" tickFormatter={shortOf} {...AXIS} />
            <YAxis tickFormatter={say} width={70} {...AXIS} />
            {LINES.map(({ key, stroke, dash }) => (
              <Line
                key={key}
                dataKey={key}
                stroke={stroke}
                strokeDasharray={dash}
                strokeWidth={WIDTH_PX}
                dot={false}
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
        <ul className="text-subtle flex flex-wrap justify-center gap-x-4 text-xs">
          {LINES.toReversed().map(({ key, name, stroke, dash }) => (
            <li key={key} className="flex items-center gap-1">
              <svg width="24" height="8">
                <line
                  x2="24"
                  y1="4"
                  y2="4"
                  stroke={stroke}
                  strokeWidth="2"
                  strokeDasharray={dash}
                />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </div>
      <details className="mt-1">
        <summary className="text-subtle cursor-pointer text-xs">As a list</summary>
        <ul className="mt-1 grid gap-x-6 text-xs sm:grid-cols-2">
          {points.map(({ period, left, ahead }) => (
            <li key={period} className="flex justify-between gap-2">
              <span>{period === "" ? "At the beginning" : period}</span>
              <span className="tabular-nums">
                {left !== undefined && `${say(left)} left`}
                {left === undefined && ahead !== undefined && `${say(ahead)} at this pace`}
              </span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

/** "2026-11-20" as "20", "2026-11-20T13" as "13:00". */
function shortOf(period: string): string {
  const [day = "", hour] = period.split("T");
  return hour === undefined ? day.slice(-2) : `${hour.slice(0, 2)}:00`;
}

const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact" });
const PICO_PER_USD = 1e12;
function usdOf(usd: number): string {
  return displayUsd(BigInt(Math.round(usd * PICO_PER_USD)));
}
