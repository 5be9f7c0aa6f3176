import { CheckField } from "../../ui/CheckField";
import { SelectField, TextArea, TextField } from "../../ui/Field";
import { settingsIn, type Config, type Setting } from "./config";

type ConfigFieldsProps = {
  schema: Config | undefined;
  values: readonly string[];
  change: (values: readonly string[]) => void;
  /** What the deployment has against one of them, by its name. */
  refused: { name: string; message: string } | null;
};

/** The settings of a skill, by its publisher's schema. */
export function ConfigFields({ schema, values, change, refused }: ConfigFieldsProps) {
  const settings = settingsIn(schema);
  if (settings.length === 0) return null;
  return (
    <fieldset className="space-y-3">
      <legend className="mb-2 font-semibold">How it is set</legend>
      {settings.map((setting, index) => (
        <ConfigField
          key={setting.name}
          setting={setting}
          value={values[index] ?? ""}
          change={(value) => change(values.map((old, at) => (at === index ? value : old)))}
          error={refused?.name === setting.name ? refused.message : undefined}
        />
      ))}
    </fieldset>
  );
}

type ConfigFieldProps = {
  setting: Setting;
  value: string;
  change: (value: string) => void;
  error: string | undefined;
};

function ConfigField({ setting, value, change, error }: ConfigFieldProps) {
  const { label: name, hint, isRequired, kind, choices } = setting;
  const label = isRequired ? `${name} (needed)` : name;
  const texts = { label, hint, error };
  switch (kind) {
    case "boolean":
      return (
        <CheckField
          label={label}
          hint={hint}
          checked={value === "true"}
          onChange={({ target }) => change(String(target.checked))}
        />
      );
    case "choice":
      return (
        <SelectField {...texts} value={value} onChange={({ target }) => change(target.value)}>
          <option value="">not set</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </SelectField>
      );
    case "json":
      return (
        <TextArea
          {...texts}
          placeholder="JSON"
          className="font-mono text-xs"
          value={value}
          onChange={({ target }) => change(target.value)}
        />
      );
    case "number":
    case "text":
      return (
        <TextField
          {...texts}
          inputMode={kind === "number" ? "decimal" : "text"}
          value={value}
          onChange={({ target }) => change(target.value)}
        />
      );
  }
}
