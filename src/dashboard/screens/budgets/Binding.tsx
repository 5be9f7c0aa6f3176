/** Which of all budgets bounds a call first: the one of which the least is left. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ChangeEvent } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { EffectiveBudgets } from "../../../../convex/views/budgets";
import { useHalfHour } from "../../data/clock";
import { PROVIDERS } from "../../data/providers";
import { useTenantQuery } from "../../data/tenant";
import { Used } from "../../shared/Used";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { SelectField, TextField } from "../../ui/Field";
import { Meter } from "../../ui/Meter";
import { Empty, Loading } from "../../ui/states";
import { toBudgetsSearch, type BudgetsSearch } from "./search";
import { useSubjectName } from "./texts";
import { useSubjects, type Subject } from "./useSubjects";

export function Binding() {
  const search = useSearch({ from: "/signed-in/$tenant/budgets" });
  const navigate = useNavigate({ from: "/$tenant/budgets" });
  const subjects = useSubjects();
  const set =
    (name: keyof BudgetsSearch) =>
    ({ target }: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      void navigate({
        search: toBudgetsSearch({ ...search, [name]: target.value }),
        replace: true,
      });
  return (
    <Card title="Which budget binds" className="mb-4">
      <p className="text-subtle mb-3">
        A call counts in all budgets that it falls under, and has to fit into each. Of the one that
        binds the least is left.
      </p>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Choice
          label="Agent"
          value={search.agent}
          change={set("agent")}
          of={subjects.agent}
          none="Choose…"
        />
        <Choice
          label="Person"
          value={search.user}
          change={set("user")}
          of={subjects.user}
          none="anybody"
        />
        {subjects.key.length > 0 && (
          <Choice
            label="API key"
            value={search.key}
            change={set("key")}
            of={subjects.key}
            none="none"
          />
        )}
        <TextField
          label="Model"
          placeholder="the agent's own"
          hint="As provider/model."
          value={search.model ?? ""}
          onChange={set("model")}
        />
      </div>
      {search.agent !== undefined && <Found search={{ ...search, agent: search.agent }} />}
    </Card>
  );
}

type ChoiceProps = {
  label: string;
  value: string | undefined;
  change: (event: ChangeEvent<HTMLSelectElement>) => void;
  of: readonly Subject[];
  none: string;
};

function Choice({ label, value = "", change, of, none }: ChoiceProps) {
  return (
    <SelectField label={label} value={value} onChange={change}>
      <option value="">{none}</option>
      {of.map(({ key, name }) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function Found({
  search: { agent, user, key, model },
}: {
  search: BudgetsSearch & { agent: Id<"agents"> };
}) {
  const nowMs = useHalfHour();
  const found = useTenantQuery(api.queries.budgets.effective, {
    agentId: agent,
    ...(user !== undefined && { userId: user }),
    ...(key !== undefined && { keyId: key }),
    ...modelIn(model),
    nowMs,
  });
  if (found === undefined) return <Loading />;
  if (found.budgets.length === 0) return <Empty title="No budget counts such a call" />;
  return <Budgets found={found} />;
}

function Budgets({ found: { budgets, bindingId } }: { found: EffectiveBudgets }) {
  const subjectName = useSubjectName();
  return (
    <>
      {bindingId === null && <p className="mt-4">Nothing bounds such a call.</p>}
      <ul className="divide-line mt-4 divide-y" aria-label="Budgets that count the call">
        {budgets.map((budget) => (
          <li
            key={budget._id}
            className="grid items-center gap-x-4 gap-y-1 py-2 sm:grid-cols-[1fr_12rem]"
          >
            <span className="flex flex-wrap items-center gap-2">
              {budget.name}
              <span className="text-subtle">{subjectName(budget)}</span>
              {budget._id === bindingId && <Badge tone="accent">Binds</Badge>}
              {budget.action === "warn" && <Badge>Only says so</Badge>}
            </span>
            <span>
              <Meter label={`${budget.name}: used`} percent={budget.percent} />
              <Used budget={budget} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Of "provider/model"; of what is not that yet, nothing. */
function modelIn(text = "") {
  const [name = "", ...rest] = text.split("/");
  const provider = PROVIDERS.find((one) => one === name.trim());
  const model = rest.join("/").trim();
  return provider === undefined || model === "" ? {} : { provider, model };
}
