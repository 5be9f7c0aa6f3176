/** The way from an empty company to one that works, until it has been gone or is put away. */
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Circle, CircleCheck, X } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useMay, useTenant } from "../../data/tenant";
import { IconButton } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { useSteps, type Step } from "./steps";

export function Onboarding() {
  const me = useQuery(api.queries.users.me, {});
  const maySetUp = useMay("agents:write");
  if (me === undefined || !maySetUp) return null;
  return <Checklist userId={me._id} />;
}

function Checklist({ userId }: { userId: string }) {
  const { tenantId } = useTenant();
  const key = `onboarding-hidden:${tenantId}:${userId}`;
  const [isHidden, setHidden] = useState(() => localStorage.getItem(key) !== null);
  if (isHidden) return null;
  const hide = () => {
    localStorage.setItem(key, "yes");
    setHidden(true);
  };
  return <Steps hide={hide} />;
}

function Steps({ hide }: { hide: () => void }) {
  const steps = useSteps();
  const done = steps?.filter(({ isDone }) => isDone).length ?? 0;
  if (steps === undefined || done === steps.length) return null;
  const action = (
    <span className="flex items-center gap-2">
      <span className="text-subtle">
        {done} of {steps.length}
      </span>
      <IconButton label="Put the first steps away" onClick={hide}>
        <X aria-hidden />
      </IconButton>
    </span>
  );
  return (
    <Card title="First steps" className="mb-4" action={action}>
      <ol className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {steps.map((step) => (
          <li key={step.name} className="flex items-start gap-2">
            <StepLine step={step} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StepLine({ step: { name, hint, to, isDone } }: { step: Step }) {
  const { slug: tenant } = useTenant();
  if (isDone) {
    return (
      <>
        <CircleCheck className="text-good mt-0.5 size-4 shrink-0" aria-hidden />
        <span className="text-subtle">
          <span className="sr-only">Done: </span>
          {name}
        </span>
      </>
    );
  }
  // Of the addresses only that of an agent has an `agentId`: there is none yet.
  const params = { tenant, agentId: "new" };
  return (
    <>
      <Circle className="text-subtle mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        <Link to={to} params={params} className="text-accent font-medium underline">
          {name}
        </Link>
        <span className="text-subtle block text-xs">{hint}</span>
      </span>
    </>
  );
}
