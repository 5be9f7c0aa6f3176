import { FlaskConical } from "lucide-react";
import { api } from "../../../../convex/_generated/api";
import { useTenantQuery } from "../../data/tenant";

/** Says that what is shown is made up, where it is. */
export function DemoNotice() {
  const tenant = useTenantQuery(api.queries.tenants.get, {});
  if (tenant?.metadata?.["demo"] !== true) return null;
  return (
    <p className="bg-accent-soft text-accent mb-4 flex items-center gap-2 rounded-md px-3 py-2">
      <FlaskConical className="size-4 shrink-0" aria-hidden />
      This is a demo: its company, people, agents and what they said before were made up by the
      start command. Without a key of a provider, a simulator on this machine answers, and its
      prices are real models' prices.
    </p>
  );
}
