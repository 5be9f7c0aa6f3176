import { useFormContext, useWatch } from "react-hook-form";
import { HTTP_METHODS } from "../../../core/httpSkill";
import { SelectField, TextArea, TextField } from "../../ui/Field";
import type { VersionForm } from "./made";

/** What a version is: instructions, or a request. */
export function VersionFields() {
  const { register, formState } = useFormContext<VersionForm>();
  const { errors } = formState;
  const kind = useWatch<VersionForm, "kind">({ name: "kind" });
  return (
    <div className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="Version" {...register("version")} error={errors.version?.message} />
        <SelectField label="What it is" {...register("kind")}>
          <option value="prompt">Instructions (a SKILL.md)</option>
          <option value="http">A request to a server</option>
        </SelectField>
      </div>
      {kind === "prompt" ? (
        <TextArea
          label="SKILL.md"
          className="min-h-48 font-mono text-xs"
          {...register("skillMd")}
          error={errors.skillMd?.message}
          hint="Its description is what models know of it; the rest they read when they need it."
        />
      ) : (
        <RequestFields />
      )}
      <TextArea
        label="What it can be set to, as JSON Schema"
        className="min-h-16 font-mono text-xs"
        {...register("configSchema")}
        error={errors.configSchema?.message}
        hint="Empty: nothing. It may ask for no secrets: those are a credential."
      />
      <TextArea
        label="What it asks for, one a line"
        className="min-h-16 font-mono text-xs"
        placeholder="fs.read"
        {...register("asks")}
        error={errors.asks?.message}
        hint={kind === "http" ? "Beside what its method needs, which is added." : undefined}
      />
    </div>
  );
}

function RequestFields() {
  const { register, formState } = useFormContext<VersionForm>();
  const { errors } = formState;
  return (
    <>
      <TextField
        label="What models are told of it"
        {...register("told")}
        error={errors.told?.message}
        hint="What it does, and when to call it."
      />
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <SelectField label="Method" {...register("method")}>
          {HTTP_METHODS.map((method) => (
            <option key={method} value={method}>
              {method}
            </option>
          ))}
        </SelectField>
        <TextField
          label="URL"
          placeholder="https://api.example.com/v1/orders/{orderId}"
          {...register("url")}
          error={errors.url?.message}
        />
      </div>
      <TextArea
        label="Headers, as JSON"
        className="min-h-16 font-mono text-xs"
        placeholder='{"Authorization": "Bearer {credential}"}'
        {...register("headers")}
        error={errors.headers?.message}
      />
      <TextArea
        label="Parameters, as JSON Schema"
        className="font-mono text-xs"
        {...register("inputSchema")}
        error={errors.inputSchema?.message}
      />
    </>
  );
}
