/** What is left of a budget as its period goes on, for a chart; in whatever the budget counts. */

export type BurnDownPoint = Readonly<{
  /** The hour or day at whose end, or now, so much is left; "" for the period's beginning. */
  period: string;
  /** Absent: it has not come yet. */
  left?: number;
  /** What will be left by the forecast; from the present on. */
  ahead?: number;
  /** What would be left if it were spent evenly. */
  even: number;
}>;

type BurnDown = Readonly<{
  limit: number;
  /** The hours or days of the period, all of them. */
  periods: readonly string[];
  /** Spent in those that have begun. */
  spent: readonly number[];
  /** What the forecast has been spent by the end; null while there is none. */
  atEnd: number | null;
}>;

export function burnDown({ limit, periods, spent, atEnd }: BurnDown): BurnDownPoint[] {
  const points: BurnDownPoint[] = [{ period: "", left: limit, even: limit }];
  const present = spent.length;
  let left = limit;
  for (const [index, period] of periods.entries()) {
    const nth = index + 1;
    const even = limit * (1 - nth / periods.length);
    left -= spent[index] ?? 0;
    points.push({
      period,
      even,
      ...(nth <= present && { left }),
      ...(nth >= present && atEnd !== null && { ahead: ahead(nth) }),
    });
  }
  return points;

  /** Straight on to what the forecast leaves; a budget that is used up has nothing left, and no less. */
  function ahead(nth: number): number {
    const whole = periods.length - present;
    const share = whole === 0 ? 0 : (nth - present) / whole;
    return Math.max(Math.min(0, left), left + (limit - (atEnd ?? 0) - left) * share);
  }
}
