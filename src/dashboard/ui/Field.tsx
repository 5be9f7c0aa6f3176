import { useId, type ComponentProps, type ReactNode } from "react";
import { cn } from "./classes";

const BOX =
  "border-control bg-surface w-full rounded-md border px-3 text-sm aria-invalid:border-bad disabled:opacity-60";

type Described = { label: string; hint?: ReactNode; error?: string | undefined };

/** A label, what is filled in, what helps with it, and what is wrong with it, all tied together. */
function useDescribed({ hint, error }: Described) {
  const id = useId();
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`];
  return {
    id,
    aria: {
      "aria-invalid": error !== undefined || undefined,
      "aria-describedby": describedBy.filter(Boolean).join(" ") || undefined,
    },
  };
}

type FrameProps = Described & { id: string; children: ReactNode };

function Frame({ id, label, hint, error, children }: FrameProps) {
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-subtle text-xs">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: Described & ComponentProps<"input">) {
  const { id, aria } = useDescribed({ label, hint, error });
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input {...rest} {...aria} id={id} className={cn(BOX, "h-9", className)} />
    </Frame>
  );
}

export function TextArea({
  label,
  hint,
  error,
  className,
  ...rest
}: Described & ComponentProps<"textarea">) {
  const { id, aria } = useDescribed({ label, hint, error });
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea {...rest} {...aria} id={id} className={cn(BOX, "min-h-24 py-2", className)} />
    </Frame>
  );
}

/** One of a few, by the browser's own list: it works with every keyboard, reader and phone. */
export function SelectField({
  label,
  hint,
  error,
  className,
  children,
  ...rest
}: Described & ComponentProps<"select">) {
  const { id, aria } = useDescribed({ label, hint, error });
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select {...rest} {...aria} id={id} className={cn(BOX, "h-9", className)}>
        {children}
      </select>
    </Frame>
  );
}
