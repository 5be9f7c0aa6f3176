/** The first steps of a company, and which of them are done: asked of what there is, so that nobody ticks anything off. */
import { api } from "../../../../convex/_generated/api";
import { useModels } from "../../data/models";
import { useMay, useTenantQuery } from "../../data/tenant";
import { SCREEN_GROUPS, type ScreenPath } from "../../shell/screens";

export type Step = {
  name: string;
  hint: string;
  to: ScreenPath;
  isDone: boolean;
};

/** The addresses of screens by the names that the navigation has for them. */
const PATHS: ReadonlyMap<string, ScreenPath> = new Map(
  SCREEN_GROUPS.flatMap(({ screens }) => screens).map(({ name, to }) => [name, to]),
);

const ONE = { cursor: null, numItems: 1 };
const TWO = { cursor: null, numItems: 2 };
const SOME = { cursor: null, numItems: 20 };

/** Those that the person may do, done ones too; undefined until all is known. */
export function useSteps(): readonly Step[] | undefined {
  const may = {
    providers: useMay("providers:write"),
    agents: useMay("agents:write"),
    messages: useMay("messages:send"),
    budgets: useMay("budgets:write"),
    keys: useMay("keys:write"),
    members: useMay("members:write"),
  };
  const { providers } = useModels();
  const agents = useTenantQuery(api.queries.agents.list, { limit: 1 });
  const sessions = useTenantQuery(api.queries.sessions.list, { paginationOpts: ONE });
  const budgets = useTenantQuery(
    api.queries.budgets.list,
    may.budgets ? { paginationOpts: SOME } : "skip",
  );
  const keys = useTenantQuery(api.queries.keys.list, may.keys ? { paginationOpts: ONE } : "skip");
  const people = useTenantQuery(
    api.queries.memberships.list,
    may.members ? { paginationOpts: TWO } : "skip",
  );
  const invited = useTenantQuery(
    api.queries.invitations.list,
    may.members ? { paginationOpts: ONE } : "skip",
  );
  const isKnown =
    providers !== undefined &&
    agents !== undefined &&
    sessions !== undefined &&
    (!may.budgets || budgets !== undefined) &&
    (!may.keys || keys !== undefined) &&
    (!may.members || (people !== undefined && invited !== undefined));
  if (!isKnown) return undefined;

  const hasPeople = (people?.page.length ?? 0) > 1 || (invited?.page.length ?? 0) > 0;
  const steps: (Omit<Step, "to"> & { to: ScreenPath | undefined; isOffered: boolean })[] = [
    {
      name: "Connect a provider of models",
      hint: "Its API key is sealed here, and nobody can read it again.",
      to: PATHS.get("Providers"),
      isDone: providers.some(({ isReady }) => isReady),
      isOffered: may.providers,
    },
    {
      name: "Make an agent",
      hint: "A name, what it is to do, and a model: it takes a minute.",
      to: "/$tenant/agents/$agentId",
      isDone: agents.length > 0,
      isOffered: may.agents,
    },
    {
      name: "Say something to it",
      hint: "Each answer shows what it cost.",
      to: PATHS.get("Chat"),
      isDone: sessions.page.length > 0,
      isOffered: may.messages,
    },
    {
      name: "Set a budget",
      hint: "What does not fit is refused before it is called.",
      to: PATHS.get("Budgets"),
      // The plan's own is there from the first day on.
      isDone: budgets?.page.some(({ source }) => source !== "plan") ?? false,
      isOffered: may.budgets,
    },
    {
      name: "Make an API key",
      hint: "With it, your programs talk to your agents.",
      to: PATHS.get("API keys"),
      isDone: (keys?.page.length ?? 0) > 0,
      isOffered: may.keys,
    },
    {
      name: "Invite somebody",
      hint: "You are given a link, and send it to them.",
      to: PATHS.get("Members"),
      isDone: hasPeople,
      isOffered: may.members,
    },
  ];
  return steps.flatMap(({ isOffered, to, ...step }) =>
    isOffered && to !== undefined ? [{ ...step, to }] : [],
  );
}
