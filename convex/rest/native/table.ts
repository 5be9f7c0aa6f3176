/** The routes by noun, the first part of their path. Each noun's are loaded, with its doors, when they are asked for. */
import type { Route } from "./route";

type Loader = () => Promise<readonly Route[]>;

export const NOUNS: Readonly<Record<string, Loader>> = {
  agents: async () => (await import("../routes/agents")).AGENT_ROUTES,
  "openapi.json": async () => (await import("../routes/documents")).DOCUMENT_ROUTES,
};

/** @param noun - One of `NOUNS`. */
export async function routesOf(noun: string): Promise<readonly Route[]> {
  const load = NOUNS[noun];
  if (load === undefined) throw new Error(`no routes of ${noun}`);
  return await load();
}

export async function allRoutes(): Promise<Route[]> {
  const nouns = await Promise.all(Object.keys(NOUNS).map(routesOf));
  return nouns.flat();
}
