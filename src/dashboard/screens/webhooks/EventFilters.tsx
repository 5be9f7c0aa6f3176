import { covers, WEBHOOK_EVENT_TYPES } from "../../../core/webhookEvents";

const OFFERED = WEBHOOK_EVENT_TYPES.filter((type) => type !== "webhook.test");
const NOUNS = [...new Set(OFFERED.map((type) => type.slice(0, type.indexOf("."))))];

type EventFiltersProps = {
  value: readonly string[];
  change: (filters: string[]) => void;
  error: string | undefined;
};

/** What an endpoint is told of. "All of run" is told of kinds that are added later, too. */
export function EventFilters({ value, change, error }: EventFiltersProps) {
  const toggle = (filter: string) =>
    change(value.includes(filter) ? value.filter((one) => one !== filter) : [...value, filter]);
  const isAll = value.includes("*");
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Told of</legend>
      <Choice name="Everything" isChosen={isAll} toggle={() => toggle("*")} />
      <div className="mt-1 grid max-h-72 gap-x-4 gap-y-2 overflow-y-auto sm:grid-cols-2">
        {NOUNS.map((noun) => {
          const ofNoun = `${noun}.*`;
          const isWhole = isAll || value.includes(ofNoun);
          return (
            <div key={noun}>
              <Choice
                name={`All of ${noun}`}
                isChosen={isWhole}
                isCovered={isAll}
                toggle={() => toggle(ofNoun)}
              />
              {OFFERED.filter((type) => type.startsWith(`${noun}.`)).map((type) => (
                <div key={type} className="pl-5">
                  <Choice
                    name={type}
                    isChosen={covers(value, type)}
                    isCovered={isWhole}
                    toggle={() => toggle(type)}
                  />
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {error !== undefined && (
        <p role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
    </fieldset>
  );
}

type ChoiceProps = {
  name: string;
  isChosen: boolean;
  /** A broader one has it already. */
  isCovered?: boolean;
  toggle: () => void;
};

function Choice({ name, isChosen, isCovered = false, toggle }: ChoiceProps) {
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input type="checkbox" checked={isChosen} disabled={isCovered} onChange={toggle} />
      {name}
    </label>
  );
}
