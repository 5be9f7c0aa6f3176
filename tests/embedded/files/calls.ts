/** What the conformance project's `files` module is called by, wherever it is served. */
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";

type Args = Record<string, unknown>;

/** Calls of the project's `files` module, and uploads. */
export function callsOf(apiUrl: string) {
  const client = new ConvexHttpClient(apiUrl, { logger: false });
  const caller =
    (kind: "query" | "mutation" | "action") =>
    async (name: string, args: Args = {}): Promise<unknown> => {
      const call = client[kind].bind(client) as (fn: unknown, args: Args) => Promise<unknown>;
      return await call(anyApi["files"]![name], args);
    };
  const mutation = caller("mutation");
  /** Uploads as a browser does, and gives the response. */
  const send = async (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> => {
    const url = (await mutation("uploadUrl")) as string;
    return await fetch(url, { method: "POST", body, headers });
  };
  return {
    query: caller("query"),
    mutation,
    action: caller("action"),
    send,
    /** Uploads and gives the file's id. */
    async upload(...sent: Parameters<typeof send>): Promise<string> {
      const response = await send(...sent);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      return ((await response.json()) as { storageId: string }).storageId;
    },
  };
}
