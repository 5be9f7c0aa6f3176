import { Navigate } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { api } from "../../../convex/_generated/api";
import { Plate } from "../auth/Plate";
import { Loading } from "../ui/states";
import { lastTenant } from "./lastTenant";

/** Goes on to the tenant that was looked at last, or else to the first. */
export function ChooseTenant() {
  const tenants = useQuery(api.queries.tenants.mine, {});
  if (tenants === undefined) return <Loading lines={6} />;
  const active = tenants.filter(({ membershipStatus }) => membershipStatus === "active");
  const chosen = active.find(({ slug }) => slug === lastTenant()) ?? active[0];
  if (chosen !== undefined)
    return <Navigate to="/$tenant" params={{ tenant: chosen.slug }} replace />;
  return (
    <Plate title="You are in no company yet">
      <p>Whoever administers one can invite you. Open the link that they send you.</p>
    </Plate>
  );
}
