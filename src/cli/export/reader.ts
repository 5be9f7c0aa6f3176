/** Pages of an export, read from a deployment as any client reads. */
import { ConvexHttpClient } from "convex/browser";
import { ConvexError } from "convex/values";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { UsageError } from "../../embedded/command/ending";
import type { Progress } from "./progress";

export type Source = {
  url: string;
  apiKey?: string | undefined;
  token?: string | undefined;
  /** Without it, the caller's default tenant. */
  tenantId?: string | undefined;
  /** Only this session; without it, all that the tenant has. */
  sessionId?: string | undefined;
};

type Page = typeof api.queries.exports.page._returnType;

/**
 * Reads the page that comes next.
 *
 * @throws UsageError - There is no credential, or the deployment refuses or is not to be reached.
 */
export function readerOf(source: Source): (at: Progress) => Promise<Page> {
  const { url, apiKey, token, sessionId } = source;
  if (!apiKey && !token) {
    throw new UsageError(
      "Set AGENTIK_API_KEY to an API key, or AGENTIK_TOKEN to a person's token.",
    );
  }
  const client = clientOf(url, apiKey ? undefined : token);
  return async ({ tenantId, next }) => {
    // From the second page on the tenant of the first one, whatever the default is by then.
    const of = (tenantId ?? source.tenantId) as Id<"tenants"> | undefined;
    const args = { ...(of !== undefined && { tenantId: of }), ...(apiKey && { apiKey }), ...next };
    try {
      return sessionId === undefined
        ? await client.query(api.queries.exports.page, args)
        : await client.query(api.queries.exports.session, {
            ...args,
            sessionId: sessionId as Id<"sessions">,
          });
    } catch (error) {
      throw new UsageError(refusalText(error, url), { cause: error });
    }
  };
}

function clientOf(url: string, auth: string | undefined): ConvexHttpClient {
  try {
    return new ConvexHttpClient(url, { logger: false, ...(auth !== undefined && { auth }) });
  } catch (error) {
    throw new UsageError(`${url} is no address of a deployment.`, { cause: error });
  }
}

function refusalText(error: unknown, url: string): string {
  if (error instanceof ConvexError) return `The deployment refuses: ${JSON.stringify(error.data)}`;
  return `No answer from ${url}: ${error instanceof Error ? error.message : String(error)}`;
}
