/** Two tenants to try the product with, side by side on one deployment, and proof that they are apart. */
import { ConvexHttpClient } from "convex/browser";
import type { FunctionReference, FunctionReturnType } from "convex/server";
import { ConvexError } from "convex/values";
import { api, internal } from "../../convex/_generated/api";
import { permissionsOf } from "../core/permissions";
import type { Instance } from "../embedded/instance";
import type { Installation } from "./installation";
import type { DemoModel } from "./model";

const TENANTS = [
  {
    slug: "demo",
    name: "Demo",
    people: [
      { role: "owner", subject: "demo-owner", name: "Demo owner" },
      { role: "viewer", subject: "demo-viewer", name: "Demo viewer" },
    ],
  },
  {
    slug: "demo-two",
    name: "Demo two",
    people: [
      { role: "owner", subject: "demo-two-owner", name: "Demo two's owner" },
      { role: "viewer", subject: "demo-two-viewer", name: "Demo two's viewer" },
    ],
  },
] as const;

/** The demo's API keys are found again by their name, and replaced at each start. */
const KEY_NAME = "npm start";
const KEY_LIFETIME_DAYS = 1;

// An admin may call internal functions; the client's types know only what everyone may.
const SEED = internal.jobs.demo.seed as unknown as FunctionReference<"mutation">;
const SIGN_IN = internal.jobs.auth.links.signIn as unknown as FunctionReference<"action">;
const FIRST_ADMIN = internal.jobs.auth.links.firstAdmin as unknown as FunctionReference<"action">;

type Seeded = FunctionReturnType<typeof internal.jobs.demo.seed>;

export type DemoTenant = Pick<Seeded, "tenantId" | "agentId" | "agentModel"> & {
  slug: string;
  name: string;
  ownerId: Seeded["userId"];
  users: { role: "owner" | "viewer"; token: string }[];
  apiKey: string;
};

/** Finds or makes the tenants, their people and agents, and gives each a new API key of a day. */
export async function makeTenants(
  instance: Instance,
  installation: Installation,
  { provider, model }: DemoModel,
): Promise<[DemoTenant, DemoTenant]> {
  const { issuer } = installation;
  const admin = adminOf(instance);
  const make = async ({ slug, name, people }: (typeof TENANTS)[number]): Promise<DemoTenant> => {
    const users: DemoTenant["users"] = [];
    const rows: Seeded[] = [];
    for (const { role, ...person } of people) {
      const args = { issuer, ...person, role, tenant: { slug, name }, provider, model };
      rows.push((await admin.mutation(SEED, args)) as Seeded);
      users.push({ role, token: await installation.signToken(person) });
    }
    const [seeded, owner] = [rows[0] as Seeded, users[0] as DemoTenant["users"][0]];
    const { tenantId, agentId, agentModel, userId: ownerId } = seeded;
    const apiKey = await renewKey(instance, owner.token);
    return { tenantId, agentId, agentModel, slug, name, ownerId, users, apiKey };
  };
  return [await make(TENANTS[0]), await make(TENANTS[1])];
}

/** A link for whoever signs up the first real tenant. */
export async function makeSignInUrl(instance: Instance): Promise<string> {
  const link = (await adminOf(instance).action(FIRST_ADMIN, {})) as { token: string };
  return `${instance.siteUrl}/auth/first-admin#${link.token}`;
}

/** The token of a link that signs the tenant's owner in. */
export async function makeOwnersLink(instance: Instance, { ownerId }: DemoTenant): Promise<string> {
  const link = (await adminOf(instance).action(SIGN_IN, { userId: ownerId })) as { token: string };
  return link.token;
}

/** What the second tenant's owner is told who asks for the first one's agent: nothing but that there is none. */
export async function askForForeignAgent(
  { apiUrl }: Instance,
  [first, second]: readonly [DemoTenant, DemoTenant],
): Promise<{ ownAgents: number; answer: string }> {
  const client = new ConvexHttpClient(apiUrl, {
    auth: second.users[0]?.token ?? "",
    logger: false,
  });
  const own = await client.query(api.queries.agents.list, {});
  const answer = await client.query(api.queries.agents.get, { agentId: first.agentId }).then(
    () => "its data",
    (error: unknown) => {
      if (error instanceof ConvexError) return (error as ConvexError<{ kind: string }>).data.kind;
      throw error;
    },
  );
  return { ownAgents: own.length, answer };
}

async function renewKey({ apiUrl }: Instance, token: string): Promise<string> {
  const client = new ConvexHttpClient(apiUrl, { auth: token, logger: false });
  const newest = { cursor: null, numItems: 10 };
  const { page } = await client.query(api.queries.keys.list, { paginationOpts: newest });
  for (const { _id: id, name, status } of page) {
    if (name === KEY_NAME && status === "active")
      await client.mutation(api.mutations.keys.revoke, { id });
  }
  // All but the end of the tenant: a demonstration tries things, and some of them twice.
  const scopes = [...permissionsOf("admin")];
  const wanted = { name: KEY_NAME, scopes, expiresInDays: KEY_LIFETIME_DAYS };
  return (await client.action(api.actions.keys.create, wanted)).key;
}

function adminOf({ apiUrl, adminKey }: Instance): ConvexHttpClient {
  const client = new ConvexHttpClient(apiUrl, { logger: false });
  (client as unknown as { setAdminAuth(key: string): void }).setAdminAuth(adminKey);
  return client;
}
