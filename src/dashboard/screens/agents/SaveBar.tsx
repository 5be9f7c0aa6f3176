import { useFormState } from "react-hook-form";
import { Button } from "../../ui/Button";
import type { AgentForm } from "./form/form";
import type { Editing } from "./useAgentForm";

/** What is not saved yet, and how it is. It stays in sight. */
export function SaveBar({ editing }: { editing: Editing }) {
  const { isDirty, isSubmitting, errors } = useFormState<AgentForm>();
  const { isOutdated, discard } = editing;
  const isRefused = Object.keys(errors).length > 0;
  return (
    <div className="border-line bg-surface sticky bottom-0 z-10 mt-4 rounded-lg border p-3 shadow-sm">
      {errors.root !== undefined && (
        <p role="alert" className="text-bad mb-2">
          {errors.root.message}
        </p>
      )}
      {isDirty && isOutdated && (
        <p role="alert" className="text-warn mb-2">
          Somebody saved another version meanwhile. Saving changes only what you changed.
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="text-subtle grow">
          {isDirty ? "Not saved yet" : "All is saved"}
          {isRefused && errors.root === undefined && ": look at what is marked"}
        </p>
        <Button disabled={!isDirty || isSubmitting} onClick={discard}>
          Discard
        </Button>
        <Button type="submit" tone="primary" disabled={!isDirty || isSubmitting}>
          Save
        </Button>
      </div>
    </div>
  );
}
