import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { CostHistory } from "../../../../convex/views/costs";
import { displayUsd } from "../../../core/money";
import { Money } from "../../ui/values";

type Point = CostHistory["points"][number];
type DayBarsProps = { points: readonly Point[]; choose: (day: string) => void };

const HEIGHT_PX = 200;

/** Bars for the eye; the same as buttons for the keyboard and for whoever is read to. */
export default function DayBars({ points, choose }: DayBarsProps) {
  return (
    <>
      <div aria-hidden>
        <ResponsiveContainer width="100%" height={HEIGHT_PX}>
          <BarChart data={[...points]} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="period" tickFormatter={dayOf} stroke="var(--subtle)" fontSize={12} />
            <YAxis tickFormatter={usdOf} stroke="var(--subtle)" fontSize={12} width={70} />
            <Tooltip cursor={{ fill: "var(--sunken)" }} content={DayTip} />
            <Bar
              dataKey="cost"
              fill="var(--accent)"
              radius={[3, 3, 0, 0]}
              isAnimationActive={false}
              onClick={({ payload }) => choose((payload as Point).period)}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <details className="mt-2">
        <summary className="text-subtle cursor-pointer">As a list</summary>
        <ul className="mt-2 grid gap-1 sm:grid-cols-2 lg:grid-cols-3">
          {points.map(({ period, costUsd }) => (
            <li key={period}>
              <button
                type="button"
                className="hover:bg-sunken flex w-full justify-between rounded px-2 py-1"
                onClick={() => choose(period)}
              >
                <span>{period}</span> <Money usd={costUsd} />
              </button>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

/** "2026-11-20" as "20". */
function dayOf(period: string): string {
  return String(Number(period.slice(-2)));
}

const PICO_PER_USD = 1e12;
function usdOf(usd: number): string {
  return displayUsd(BigInt(Math.round(usd * PICO_PER_USD)));
}

function DayTip({
  active,
  payload,
}: {
  active?: boolean;
  payload?: readonly { payload?: unknown }[];
}) {
  const point = payload?.[0]?.payload as Point | undefined;
  if (active !== true || point === undefined) return null;
  return (
    <div className="border-line bg-surface rounded-md border px-2 py-1 shadow">
      {point.period}: <Money usd={point.costUsd} />
    </div>
  );
}
