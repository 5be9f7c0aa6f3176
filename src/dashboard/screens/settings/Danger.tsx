import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { useState, type ReactNode } from "react";
import { api } from "../../../../convex/_generated/api";
import { useMay, useTenant } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { EraseDialog } from "./EraseDialog";
import { ExportAll } from "./ExportAll";

type Asked = "leave" | "company" | "me" | null;

/** Everything taken along, and the ends that have no way back. */
export function Danger() {
  const { name, tenantId } = useTenant();
  const navigate = useNavigate();
  const mayExport = useMay("tenant:export");
  const mayErase = useMay("tenant:erase");
  const leave = useMutation(api.mutations.memberships.leave);
  const eraseTenant = useMutation(api.mutations.erasures.tenant);
  const eraseMe = useMutation(api.mutations.erasures.me);
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const goHome = () => navigate({ to: "/" });
  return (
    <Card title="Leaving" className="mt-6">
      <ul className="divide-line divide-y">
        {mayExport && (
          <Way name="Everything as a file" hint="All rows of the company as NDJSON, but no secret.">
            <ExportAll />
          </Way>
        )}
        <Way name={`Leave ${name}`} hint="Your API keys here end. You can be invited again.">
          <Button onClick={() => setAsked("leave")}>Leave</Button>
        </Way>
        {mayErase && (
          <Way
            name={`Erase ${name}`}
            hint="Everybody's access ends at once; every row and file goes. There is no way back."
          >
            <Button tone="danger" onClick={() => setAsked("company")}>
              Erase the company
            </Button>
          </Way>
        )}
        <Way
          name="Erase your account"
          hint="You are signed out everywhere, and what is known of you goes. What you made here stays."
        >
          <Button tone="danger" onClick={() => setAsked("me")}>
            Erase me
          </Button>
        </Way>
      </ul>
      {asked === "leave" && (
        <EraseDialog
          title={`Leave ${name}?`}
          word={name}
          verb="Leave"
          act={() => leave({ tenantId })}
          done={goHome}
          close={close}
        />
      )}
      {asked === "company" && (
        <EraseDialog
          title={`Erase ${name}?`}
          word={name}
          verb="Erase it"
          act={() => eraseTenant({ tenantId })}
          done={goHome}
          close={close}
        />
      )}
      {asked === "me" && (
        <EraseDialog
          title="Erase your account?"
          word="erase me"
          verb="Erase me"
          act={() => eraseMe({})}
          done={goHome}
          close={close}
        />
      )}
    </Card>
  );
}

function Way({ name, hint, children }: { name: string; hint: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-3">
      <div className="min-w-0">
        <p className="font-medium">{name}</p>
        <p className="text-subtle">{hint}</p>
      </div>
      {children}
    </li>
  );
}
