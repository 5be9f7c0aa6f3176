import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import { z } from "zod";
import { messageOf } from "../../data/failures";
import { TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { EventFilters } from "./EventFilters";

const Form = z.object({
  url: z.url("Give the whole address, such as https://api.example.com/webhooks."),
  description: z.string().trim(),
  events: z.array(z.string()).min(1, "Choose what it is told of."),
});
export type EndpointSettings = z.infer<typeof Form>;

type EndpointFormProps = {
  initial: EndpointSettings;
  verb: string;
  save: (settings: EndpointSettings) => Promise<void>;
  close: () => void;
};

export function EndpointForm({ initial, verb, save, close }: EndpointFormProps) {
  const { register, control, handleSubmit, setError, formState } = useForm<EndpointSettings>({
    resolver: zodResolver(Form),
    defaultValues: initial,
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (settings) => {
    try {
      await save(settings);
    } catch (error) {
      setError("root", { message: messageOf(error) });
    }
  });
  return (
    <form className="space-y-3" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label="Address"
        type="url"
        placeholder="https://api.example.com/webhooks"
        {...register("url")}
        error={errors.url?.message}
      />
      <TextField
        label="What it is for"
        hint="For people; it may stay empty."
        {...register("description")}
        error={errors.description?.message}
      />
      <Controller
        control={control}
        name="events"
        render={({ field }) => (
          <EventFilters
            value={field.value}
            change={field.onChange}
            error={errors.events?.message}
          />
        )}
      />
      <FormFooter verb={verb} isBusy={isSubmitting} error={errors.root?.message} close={close} />
    </form>
  );
}
