import { useId, type ComponentProps, type ReactNode } from "react";

type CheckFieldProps = { label: ReactNode; hint?: ReactNode } & ComponentProps<"input">;

/** Something that is so or not. */
export function CheckField({ label, hint, ...rest }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="accent-accent mt-0.5 size-4 shrink-0"
      />
      <div>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-subtle text-xs">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
