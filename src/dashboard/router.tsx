/** The address bar. What a screen is filtered by stands in it, so that a link shows what its sender saw. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { OpenLink } from "./auth/OpenLink";
import { SignedIn } from "./auth/SignedIn";
import { idParam } from "./data/ids";
import { toActivitySearch } from "./screens/activity/search";
import { toAgentSearch, toAgentsSearch } from "./screens/agents/search";
import { toChannelSearch } from "./screens/channels/search";
import { toBudgetsSearch } from "./screens/budgets/search";
import { toCostSearch } from "./screens/costs/search";
import { toProviderSearch } from "./screens/providers/search";
import { toRunsSearch } from "./screens/runs/search";
import { toSkillsSearch } from "./screens/skills/search";
import { toSessionsSearch } from "./screens/sessions/search";
import { toDeliverySearch } from "./screens/webhooks/search";
import { ChooseTenant } from "./shell/ChooseTenant";
import { TenantShell } from "./shell/TenantShell";
import { NotFound, RouteFailed, RouteLoading } from "./shell/routeStates";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** A link that signs in: its token stands behind the "#", which no server is told. */
const open = createRoute({ getParentRoute: () => root, path: "/open", component: OpenLink });

/** Whoever is invited may have an account, or not, and may be signed in. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/open/invitation",
  component: lazyRouteComponent(() => import("./auth/Join"), "Join"),
});

const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in", component: SignedIn });

const start = createRoute({ getParentRoute: () => signedIn, path: "/", component: ChooseTenant });

export const tenantRoute = createRoute({
  getParentRoute: () => signedIn,
  path: "/$tenant",
  component: TenantShell,
});

const home = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./screens/home/Home"), "Home"),
});

const agents = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/agents",
  validateSearch: toAgentsSearch,
  component: lazyRouteComponent(() => import("./screens/agents/Agents"), "Agents"),
});
const agent = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/agents/$agentId",
  params: idParam("agentId", "new"),
  notFoundComponent: NotFound,
  validateSearch: toAgentSearch,
  component: lazyRouteComponent(() => import("./screens/agents/Agent"), "Agent"),
});

const skills = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/skills",
  validateSearch: toSkillsSearch,
  component: lazyRouteComponent(() => import("./screens/skills/Skills"), "Skills"),
});
const skill = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/skills/$skillId",
  component: lazyRouteComponent(() => import("./screens/skills/Skill"), "Skill"),
});

const chat = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/chat",
  component: lazyRouteComponent(() => import("./screens/chat/Chat"), "Chat"),
});
const noSession = createRoute({
  getParentRoute: () => chat,
  path: "/",
  component: lazyRouteComponent(() => import("./screens/chat/NewSession"), "NewSession"),
});
const session = createRoute({
  getParentRoute: () => chat,
  path: "/$sessionId",
  params: idParam("sessionId", "new"),
  notFoundComponent: NotFound,
  component: lazyRouteComponent(() => import("./screens/chat/Session"), "Session"),
});

const sessions = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/sessions",
  validateSearch: toSessionsSearch,
  component: lazyRouteComponent(() => import("./screens/sessions/Sessions"), "Sessions"),
});

const costs = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/costs",
  validateSearch: toCostSearch,
  component: lazyRouteComponent(() => import("./screens/costs/Costs"), "Costs"),
});

const budgets = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/budgets",
  validateSearch: toBudgetsSearch,
  component: lazyRouteComponent(() => import("./screens/budgets/Budgets"), "Budgets"),
});

const runs = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/runs",
  validateSearch: toRunsSearch,
  component: lazyRouteComponent(() => import("./screens/runs/Runs"), "Runs"),
});
const run = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/runs/$runId",
  params: idParam("runId"),
  notFoundComponent: NotFound,
  component: lazyRouteComponent(() => import("./screens/runs/Run"), "Run"),
});

const providers = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/providers",
  validateSearch: toProviderSearch,
  component: lazyRouteComponent(() => import("./screens/providers/Providers"), "Providers"),
});
const channels = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/channels",
  validateSearch: toChannelSearch,
  component: lazyRouteComponent(() => import("./screens/channels/Channels"), "Channels"),
});
const webhooks = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks",
  validateSearch: toDeliverySearch,
  component: lazyRouteComponent(() => import("./screens/webhooks/Webhooks"), "Webhooks"),
});
const endpoint = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks/$endpointId",
  params: idParam("endpointId"),
  notFoundComponent: NotFound,
  validateSearch: toDeliverySearch,
  component: lazyRouteComponent(() => import("./screens/webhooks/Endpoint"), "Endpoint"),
});

const keys = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/keys",
  component: lazyRouteComponent(() => import("./screens/keys/Keys"), "Keys"),
});
const members = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/members",
  component: lazyRouteComponent(() => import("./screens/members/Members"), "Members"),
});
const activity = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/activity",
  validateSearch: toActivitySearch,
  component: lazyRouteComponent(() => import("./screens/activity/Activity"), "Activity"),
});

const settings = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./screens/settings/Settings"), "Settings"),
});
const docs = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/docs",
  component: lazyRouteComponent(() => import("./screens/docs/Docs"), "Docs"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    open,
    invitation,
    signedIn.addChildren([
      start,
      tenantRoute.addChildren([
        home,
        chat.addChildren([noSession, session]),
        sessions,
        agents,
        agent,
        skills,
        skill,
        runs,
        run,
        costs,
        budgets,
        providers,
        channels,
        webhooks,
        endpoint,
        keys,
        members,
        activity,
        settings,
        docs,
      ]),
    ]),
  ]),
  defaultErrorComponent: RouteFailed,
  defaultPendingComponent: RouteLoading,
  defaultPreload: "intent",
  scrollRestoration: true,
  // What a route does not take leaves the address: else `useSearch` has it as it stands there, checked by nobody.
  search: { strict: true },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** Who comes here has just sent the first message, and goes on writing. */
    isBegun?: boolean;
  }
}
