import { useFormContext, useWatch } from "react-hook-form";
import { APPROVING_ROLES, OUTGOING_TOOLS } from "../../../../core/tools";
import { CheckField } from "../../../ui/CheckField";
import { SelectField, TextArea, TextField } from "../../../ui/Field";
import { Section } from "../../../ui/Section";
import type { AgentForm, ToolForm } from "./form";

const TEXTS: Readonly<Record<ToolForm["name"], { name: string; hint: string }>> = {
  clock: { name: "Clock", hint: "Knows what day and time it is." },
  calculator: { name: "Calculator", hint: "Reckons exactly." },
  http_get: { name: "Read from the web", hint: "Reads addresses at the hosts that you name." },
  http_post: {
    name: "Send to the web",
    hint: "Sends to the hosts that you name. Somebody approves each call, unless you say otherwise.",
  },
  notes: { name: "Notes", hint: "Writes down what is worth remembering in a conversation." },
  search_history: { name: "Search", hint: "Finds what was said earlier in a conversation." },
  read_result: { name: "Read on", hint: "Reads on in long results of other tools." },
};

/** What the agent may do besides answering. */
export function ToolFields() {
  const { formState, getFieldState } = useFormContext<AgentForm>();
  const tools = useWatch<AgentForm, "tools">({ name: "tools" });
  const { error } = getFieldState("tools", formState);
  // Refused as a whole, by the deployment; or one of them, before it was sent.
  const message = error?.message ?? error?.root?.message;
  const on = tools.filter(({ isOn }) => isOn).map(({ name }) => TEXTS[name].name);
  return (
    <Section
      title="Tools"
      hint={on.length === 0 ? "none" : on.join(", ")}
      hasError={error !== undefined}
    >
      {message !== undefined && (
        <p role="alert" className="text-bad">
          {message}
        </p>
      )}
      <ul className="space-y-4">
        {tools.map(({ name }, index) => (
          <li key={name}>
            <ToolField index={index} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ToolField({ index }: { index: number }) {
  const { register, formState } = useFormContext<AgentForm>();
  const tool = useWatch<AgentForm, `tools.${number}`>({ name: `tools.${index}` });
  const { name, isOn, approval } = tool;
  const { name: label, hint } = TEXTS[name];
  return (
    <>
      <CheckField label={label} hint={hint} {...register(`tools.${index}.isOn`)} />
      {isOn && (
        <div className="mt-2 ml-6 grid gap-3 sm:grid-cols-2">
          {OUTGOING_TOOLS.has(name) && (
            <div className="sm:col-span-2">
              <TextArea
                label={`${label}: hosts, one a line`}
                placeholder={"api.example.com\n*.example.org"}
                className="min-h-16 font-mono text-xs"
                {...register(`tools.${index}.hosts`)}
                error={formState.errors.tools?.[index]?.hosts?.message}
              />
            </div>
          )}
          <SelectField label={`${label}: approval`} {...register(`tools.${index}.approval`)}>
            <option value="default">Where it changes something</option>
            <option value="always">Of each call</option>
            <option value="never">Never</option>
          </SelectField>
          {approval === "always" && (
            <>
              <SelectField label={`${label}: who approves`} {...register(`tools.${index}.role`)}>
                {APPROVING_ROLES.map((role) => (
                  <option key={role} value={role}>
                    {role}, or above
                  </option>
                ))}
              </SelectField>
              <TextField
                label={`${label}: minutes to decide`}
                inputMode="numeric"
                placeholder="1440"
                {...register(`tools.${index}.minutes`)}
                error={formState.errors.tools?.[index]?.minutes?.message}
              />
            </>
          )}
        </div>
      )}
    </>
  );
}
