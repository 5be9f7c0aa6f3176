/** One request to a receiver: bounded in time and bytes, to the address that was checked, and no further. */
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { SECOND_MS } from "../core/limits";

const POST_MS_MAX = 15 * SECOND_MS;
/** Nobody reads what receivers say; that they have said it shows that they have taken it. */
const ANSWER_BYTES_MAX = 64 * 1024;

export type Posted =
  | { status: number; retryAfter: string | undefined }
  /** No answer; `why` names no address of the network that the deployment is in. */
  | { status: null; why: string };

/** Posts the body. Never follows a redirect, and sends nothing that was not given. */
export async function post(
  url: URL,
  {
    headers,
    body,
    lookup,
    msMax = POST_MS_MAX,
  }: { headers: Record<string, string>; body: string; lookup: LookupFunction; msMax?: number },
): Promise<Posted> {
  return await new Promise((resolve) => {
    const request = (url.protocol === "https:" ? https : http).request(url, {
      method: "POST",
      agent: false, // a connection of its own: none is kept that was checked for something else
      lookup,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
    });
    const end = (posted: Posted) => {
      clearTimeout(timer);
      resolve(posted);
      request.destroy();
    };
    const timer = setTimeout(
      () => end({ status: null, why: `no answer within ${msMax / SECOND_MS} s` }),
      msMax,
    );
    request.on("error", (error) => end({ status: null, why: reasonOf(error) }));
    request.on("response", (response) => {
      const { statusCode: status = 0 } = response;
      const answer = { status, retryAfter: response.headers["retry-after"] };
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) end(answer);
      });
      response.on("end", () => end(answer));
      response.on("error", () => end({ status: null, why: "the answer broke off" }));
      response.on("aborted", () => end({ status: null, why: "the answer broke off" }));
    });
    request.end(body);
  });
}

/** In words that tell a tenant what to mend, and nothing of where the deployment is. */
function reasonOf(error: Error & { code?: string }): string {
  const { code = "" } = error;
  switch (code) {
    case "ECONNREFUSED":
      return "the connection was refused";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was reset";
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "BLOCKED_ADDRESS":
      return "the host's name does not resolve to a public address";
    default:
      return /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)
        ? "the certificate or the TLS connection is not valid"
        : "the host could not be reached";
  }
}
