import { CheckField } from "../../ui/CheckField";
import { meaningOf } from "./permissions";

type GrantsProps = {
  title: string;
  asked: readonly string[];
  granted: ReadonlySet<string>;
  change: (granted: ReadonlySet<string>) => void;
  error?: string | undefined;
};

/** What a skill asks for, to be granted one by one. */
export function Grants({ title, asked, granted, change, error }: GrantsProps) {
  if (asked.length === 0) return null;
  const toggle = (permission: string, isOn: boolean) => {
    const next = new Set(granted);
    if (isOn) next.add(permission);
    else next.delete(permission);
    change(next);
  };
  return (
    <fieldset className="space-y-2">
      <legend className="mb-2 font-semibold">{title}</legend>
      {asked.map((permission) => (
        <CheckField
          key={permission}
          label={<code className="font-mono text-xs">{permission}</code>}
          hint={meaningOf(permission)}
          checked={granted.has(permission)}
          onChange={({ target }) => toggle(permission, target.checked)}
        />
      ))}
      {error !== undefined && (
        <p role="alert" className="text-bad text-xs">
          {error} A skill has all that it asks for, or the agent does not have it.
        </p>
      )}
    </fieldset>
  );
}
