import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import type { Id } from "../../../../convex/_generated/dataModel";
import { secretOf, settingsOf, type ChannelType } from "../../../core/channels";
import { useLivingAgents } from "../../data/agents";
import { messageOf } from "../../data/failures";
import { SelectField, TextArea, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { settingName } from "./names";
import { wrongIn } from "./settings";

const Form = z.object({
  name: z.string().trim().min(1, "Give it a name."),
  agentId: z.custom<Id<"agents">>((id) => typeof id === "string" && id !== "", "Choose an agent."),
  credential: z.string().trim(),
  settings: z.record(z.string(), z.string()),
});
export type ChannelInput = z.infer<typeof Form>;

type ChannelFormProps = {
  type: ChannelType;
  initial: ChannelInput;
  /** Of the secret that is there; absent: there is none yet. */
  mask?: string;
  verb: string;
  save: (input: ChannelInput) => Promise<void>;
  close: () => void;
};

/** Whatever channels of the type have. */
export function ChannelForm({ type, initial, mask, verb, save, close }: ChannelFormProps) {
  const agents = useLivingAgents();
  const secret = secretOf(type);
  const { register, handleSubmit, setError, formState } = useForm<ChannelInput>({
    resolver: zodResolver(Form),
    // The agents have to be there before one of them can be chosen.
    values: { ...initial, agentId: initial.agentId || (agents?.[0]?._id ?? initial.agentId) },
    resetOptions: { keepDirtyValues: true },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (input) => {
    const wrong = wrongIn(type, input.settings);
    if (wrong !== null) return setError(`settings.${wrong.name}`, { message: wrong.message });
    try {
      await save(input);
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
      <TextField label="Name" {...register("name")} error={errors.name?.message} />
      <SelectField label="Leads to" {...register("agentId")} error={errors.agentId?.message}>
        {agents?.map(({ _id, name }) => (
          <option key={_id} value={_id}>
            {name}
          </option>
        ))}
      </SelectField>
      {settingsOf(type).map(({ name, kind, isRequired, form }) => {
        const Field = kind === "list" ? SettingList : TextField;
        return (
          <Field
            key={name}
            label={settingName(name)}
            hint={isRequired ? `Needed: ${form}` : `If any: ${form}`}
            {...register(`settings.${name}`)}
            error={errors.settings?.[name]?.message}
          />
        );
      })}
      {secret !== null && (
        <TextField
          label={settingName(secret)}
          type="password"
          autoComplete="new-password"
          hint={
            mask === undefined
              ? "It is kept sealed, and nobody can read it again."
              : `Empty: the present one stays (${mask}).`
          }
          {...register("credential")}
          error={errors.credential?.message}
        />
      )}
      <FormFooter verb={verb} isBusy={isSubmitting} error={errors.root?.message} close={close} />
    </form>
  );
}

type SettingListProps = Parameters<typeof TextArea>[0];

/** One on each line. */
function SettingList({ hint, ...rest }: SettingListProps) {
  return <TextArea {...rest} hint={<>{hint}; one on each line</>} />;
}
