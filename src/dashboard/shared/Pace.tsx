import type { BudgetView } from "../../../convex/views/budgets";
import { Moment } from "../ui/values";
import { Amount } from "./Amount";
import { useForecast } from "./usePeriod";

/** What a budget will have come to if its period goes on as it went so far, and when that is too much. */
export function Pace({ budget }: { budget: BudgetView }) {
  const found = useForecast(budget);
  if (found === null) return null;
  const { measure, forecast } = found;
  const { unit, limit, spent } = measure;
  if (spent >= limit) return null;
  return (
    <p className={forecast.reachedAtMs === null ? "text-subtle mt-1" : "text-warn mt-1"}>
      At this pace <Amount unit={unit} of={forecast.atEnd} /> by its end
      {forecast.reachedAtMs !== null && (
        <>
          , and the limit is reached <Moment atMs={forecast.reachedAtMs} />
        </>
      )}
      .
    </p>
  );
}
