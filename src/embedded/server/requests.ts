/** What every call from outside carries, whichever protocol brought it. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { RequestMetadata } from "../execution/types";
import type { FunctionRequest } from "../runtime/types";

const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/**
 * Who sent `request`. `X-Forwarded-For` is believed only from this machine, where a proxy would
 * be; from anywhere else it is just what a stranger wrote.
 */
export function requestMetadata(request: IncomingMessage): RequestMetadata {
  const peer = request.socket.remoteAddress ?? null;
  const forwarded = header(request, "x-forwarded-for")?.split(",").at(-1)?.trim();
  const ip = peer !== null && LOOPBACK.has(peer) && forwarded ? forwarded : peer;
  return { ip, userAgent: header(request, "user-agent") ?? null };
}

/** The header, or the first of several. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const connectionNames = new WeakMap<Socket, string>();
let connectionCount = 0;

/** A name of the connection that `request` came on. On one connection, requests come one after the other. */
export function connectionOf({ socket }: IncomingMessage): string {
  let name = connectionNames.get(socket);
  if (name === undefined) connectionNames.set(socket, (name = `connection ${++connectionCount}`));
  return name;
}

/** The request that a client's message or body stands for. */
export function functionRequest(
  call: { udfPath: string; args: string; componentPath?: string | undefined },
  caller: Pick<FunctionRequest, "identity" | "requestId" | "request" | "connection">,
): FunctionRequest {
  const { udfPath, args, componentPath } = call;
  const request = { path: udfPath, args, ...caller };
  return componentPath === undefined ? request : { ...request, componentPath };
}
