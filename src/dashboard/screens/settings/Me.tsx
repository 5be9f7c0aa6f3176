import { useMutation, useQuery } from "convex/react";
import { useState, type FormEvent } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Me as Person } from "../../../../convex/views/auth";
import { useTenant } from "../../data/tenant";
import { useTheme } from "../../shell/theme";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { Loading } from "../../ui/states";
import { useAct } from "../../ui/useAct";

/** What is one's own in every company. */
export function Me() {
  const me = useQuery(api.queries.users.me, {});
  const { role } = useTenant();
  return (
    <Card title="You" action={<Badge>{role}</Badge>}>
      {me === undefined ? (
        <Loading lines={4} />
      ) : (
        <div className="space-y-3">
          <NameForm me={me} />
          {me.email !== undefined && <p className="text-subtle">{me.email}</p>}
          <ThemeChoice />
          <DefaultChoice me={me} />
        </div>
      )}
    </Card>
  );
}

function NameForm({ me }: { me: Person }) {
  const update = useMutation(api.mutations.users.update);
  const act = useAct();
  const [name, setName] = useState(me.name);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => {
      await update({ name });
      toast.success("Saved");
    });
  };
  return (
    <form onSubmit={save} className="flex items-end gap-2">
      <div className="grow">
        <TextField
          label="Your name"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </div>
      <Button type="submit" disabled={name.trim() === "" || name === me.name}>
        Save
      </Button>
    </form>
  );
}

function ThemeChoice() {
  const { theme, toggleTheme } = useTheme();
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input type="checkbox" checked={theme === "dark"} onChange={toggleTheme} />
      Dark theme, in this browser
    </label>
  );
}

/** Which company is meant by programs of theirs that name none. */
function DefaultChoice({ me }: { me: Person }) {
  const { tenantId } = useTenant();
  const setDefault = useMutation(api.mutations.tenants.setDefault);
  const act = useAct();
  if (me.defaultTenantId === tenantId) {
    return <p className="text-subtle">Calls of yours that name no company mean this one.</p>;
  }
  return (
    <Button onClick={() => void act(() => setDefault({ tenantId }))}>
      Make this the company that calls mean
    </Button>
  );
}
