import { Outlet, useParams } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { useEffect, type ReactNode } from "react";
import { api } from "../../../convex/_generated/api";
import { AgentNamesContext, useAllAgentNames } from "../data/agents";
import { TenantContext } from "../data/tenant";
import { Loading } from "../ui/states";
import { PLACE_ID } from "../ui/useTitle";
import { CommandPalette } from "./CommandPalette";
import { Header } from "./Header";
import { rememberTenant } from "./lastTenant";
import { Navigation } from "./Navigation";
import { NotFound } from "./routeStates";

/** All that stands around the screens of a tenant. */
export function TenantShell() {
  const { tenant: slug } = useParams({ from: "/signed-in/$tenant" });
  const tenants = useQuery(api.queries.tenants.mine, {});
  const tenant = tenants?.find((one) => one.slug === slug && one.membershipStatus === "active");
  const isThere = tenant !== undefined;
  useEffect(() => {
    if (isThere) rememberTenant(slug);
  }, [isThere, slug]);

  if (tenants === undefined) return <Loading lines={6} />;
  if (tenant === undefined) return <NotFound />;
  return (
    <TenantContext value={tenant}>
      <WithAgentNames>
        <a
          href="#screen"
          className="bg-surface sr-only rounded p-2 focus:not-sr-only focus:absolute focus:z-50"
        >
          Skip to the screen
        </a>
        <div className="grid min-h-dvh grid-rows-[auto_1fr] md:grid-cols-[14rem_1fr]">
          <Header tenants={tenants} />
          <aside className="border-line hidden border-r p-3 md:block">
            <Navigation />
          </aside>
          {/* A screen of another tenant is another screen: nothing of the first may stay in it. */}
          <main
            id="screen"
            key={tenant.tenantId}
            tabIndex={-1}
            className="min-w-0 p-4 outline-none md:p-6"
          >
            <Outlet />
          </main>
        </div>
        <p id={PLACE_ID} role="status" className="sr-only" />
        <CommandPalette />
      </WithAgentNames>
    </TenantContext>
  );
}

/** For all that shows an agent by its id, in screens and beside them. */
function WithAgentNames({ children }: { children: ReactNode }) {
  return <AgentNamesContext value={useAllAgentNames()}>{children}</AgentNamesContext>;
}
