/** What was spent: day by day, on what, and call by call. What is looked at stands in the address. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Boundary } from "../../ui/Boundary";
import { Button } from "../../ui/Button";
import { SelectField } from "../../ui/Field";
import { CallDetail } from "./CallDetail";
import { Calls } from "./Calls";
import { ExportButton } from "./ExportButton";
import { DIMENSIONS, type CostSearch } from "./search";
import { History } from "./History";
import { Spenders } from "./Spenders";
import { Totals } from "./Totals";

const PERIODS = { day: "Today", month: "This month", total: "All of time" } as const;

export function Costs() {
  const search = useSearch({ from: "/signed-in/$tenant/costs" });
  const navigate = useNavigate({ from: "/$tenant/costs" });
  const look = (change: Partial<CostSearch>) =>
    void navigate({ search: (was) => ({ ...was, key: undefined, call: undefined, ...change }) });
  const { period = "month", by = "agent", key, call } = search;
  return (
    <>
      {/* The rows of one sum have an export of their own, below them. */}
      <ScreenHeader title="Costs" actions={key === undefined && <ExportButton period={period} />} />
      <Boundary>
        <Totals />
      </Boundary>
      <History choose={(day) => look({ period: day })} />
      <div className="my-4 flex flex-wrap items-end gap-3">
        <SelectField
          label="When"
          value={period}
          onChange={({ target }) => look({ period: target.value })}
        >
          {Object.entries(PERIODS).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
          {!(period in PERIODS) && <option value={period}>{period}</option>}
        </SelectField>
        <SelectField
          label="By"
          value={by}
          onChange={({ target }) => look({ by: target.value as typeof by })}
        >
          {DIMENSIONS.map((dimension) => (
            <option key={dimension} value={dimension}>
              {dimension}
            </option>
          ))}
        </SelectField>
        {key !== undefined && <Button onClick={() => look({})}>Back to all</Button>}
      </div>
      <Boundary of={`${by} ${period} ${key}`}>
        {key === undefined ? (
          <Spenders by={by} period={period} choose={(chosen) => look({ key: chosen })} />
        ) : (
          <Calls
            by={by}
            of={key}
            period={period}
            choose={(chosen) => look({ key, call: chosen })}
          />
        )}
      </Boundary>
      {call !== undefined && <CallDetail eventId={call} close={() => look({ key })} />}
    </>
  );
}
