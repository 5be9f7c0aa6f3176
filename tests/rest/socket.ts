/** The product on the embedded runtime, at a socket: what is sent goes the way that a client's requests go. */
import { internal } from "../../convex/_generated/api";
import { startServer } from "../../src/embedded/serve";
import { openEmbedded, type Backend } from "../convex/drivers";
import { COMMON_SKILL } from "../convex/isolation/calls";

export type Socket = { t: Backend; siteUrl: string; close: () => Promise<void> };

export async function openSocket(variables: Record<string, string> = {}): Promise<Socket> {
  const t = await openEmbedded(variables);
  const adminKey = "tests";
  const server = await startServer({ runtime: t.runtime, adminKey, port: 0, sitePort: 0 });
  await t.mutation(internal.jobs.tenants.letAnyoneCreate, { value: true });
  await t.mutation(internal.jobs.skills.registerBuiltIn, COMMON_SKILL);
  return {
    t,
    siteUrl: server.siteUrl,
    async close() {
      await server.close({ graceMs: 100 });
      await t.close();
    },
  };
}
