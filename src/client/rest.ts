/**
 * The native API for programs, typed by its own description:
 *
 *     const agentik = createClient({ url: "https://example.convex.site", apiKey: "ak_live_…" });
 *     const { data, error } = await agentik.GET("/agents/{agentId}", { params: { path: { agentId } } });
 *
 * What fails comes back as `error`, a problem of RFC 9457 whose `kind` says which; nothing is thrown but what never
 * got an answer.
 */
import createFetchClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./openapi";

export type Problem = components["schemas"]["Problem"];
export type AgentikClient = Client<paths>;

export type ClientOptions = Readonly<{
  /** Where the deployment answers HTTP, without a path. */
  url: string;
  /** An API key, or the access token of a sign-in. */
  apiKey?: string;
  /** Of people in several tenants, which one is meant. */
  tenantId?: string;
  fetch?: (request: Request) => Promise<Response>;
}>;

export function createClient({ url, apiKey, tenantId, fetch }: ClientOptions): AgentikClient {
  return createFetchClient<paths>({
    baseUrl: `${url.replace(/\/+$/, "")}/api/v1`,
    headers: {
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      ...(tenantId !== undefined && { "x-tenant-id": tenantId }),
    },
    ...(fetch !== undefined && { fetch }),
  });
}

/**
 * All of a list, page by page:
 *
 *     for await (const agent of everyOf((cursor) =>
 *       agentik.GET("/agents", { params: { query: { ...cursor } } }),
 *     )) { … }
 *
 * @throws RequestFailed - A page is refused.
 */
export async function* everyOf<Row>(
  read: (cursor: { cursor?: string }) => Promise<Paged<Row>>,
): AsyncGenerator<Row> {
  let cursor: string | null = null;
  do {
    const { data, error } = await read(cursor === null ? {} : { cursor });
    if (data === undefined) throw new RequestFailed(error as Problem);
    yield* data.data;
    cursor = data.nextCursor;
  } while (cursor !== null);
}
type Paged<Row> = { data?: { data: Row[]; nextCursor: string | null }; error?: unknown };

/** A refusal, for those who would rather catch. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}
