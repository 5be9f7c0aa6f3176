/** The same functions on convex-test, which keeps documents in memory and has no fsync, sockets or isolation. */
import { convexTest } from "convex-test";
import { anyApi, type FunctionReference } from "convex/server";
import schema from "../fixtures/projects/bench/convex/schema";
import { BODY, CHANNEL, FILL_COUNT, FILLING_CHANNEL } from "./documents";
import { perSecond } from "./measure";
import type { Add } from "./measures";

const MUTATIONS = 100;
const QUERIES = 150;
const WARM_UP = 20;

const messages = anyApi["messages"] as unknown as {
  send: FunctionReference<"mutation">;
  fill: FunctionReference<"mutation">;
  latest: FunctionReference<"query">;
};
const modules = {
  "/convex/messages.ts": () => import("../fixtures/projects/bench/convex/messages"),
  // convex-test finds the functions folder by its `_generated`, which a fixture has not.
  "/convex/_generated/api.js": () => Promise.resolve({}),
};

export async function measureConvexTest(add: Add): Promise<void> {
  const small = await measureAt(200);
  add("convexTestMutation200", small.mutations);
  add("convexTestQuery200", small.queries);
  const large = await measureAt(2_000);
  add("convexTestMutation2000", large.mutations);
  add("convexTestQuery2000", large.queries);
}

async function measureAt(documents: number): Promise<{ mutations: number; queries: number }> {
  const t = convexTest(schema, modules);
  for (let from = 0; from < documents; from += FILL_COUNT) {
    const count = Math.min(FILL_COUNT, documents - from);
    const channel = from === 0 ? CHANNEL : FILLING_CHANNEL;
    await t.mutation(messages.fill, { channel, from: from + 1, count, body: BODY });
  }
  const ask = () => t.query(messages.latest, { channel: CHANNEL, limit: 20 });
  const send = () => t.mutation(messages.send, { channel: CHANNEL, body: BODY });
  await perSecond(WARM_UP, ask);
  const queries = await perSecond(QUERIES, ask);
  return { queries, mutations: await perSecond(MUTATIONS, send) };
}
