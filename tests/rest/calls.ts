/** What tests of REST stand on: programs that call a deployment with a key of their own. */
import { api } from "../../convex/_generated/api";
import { PERMISSIONS, type Permission } from "../../src/core/permissions";
import type { Caller } from "../convex/drivers";
import type { Member } from "../convex/setup";

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };
export type Sent = { body?: unknown; headers?: Record<string, string> };
export type Program = (at: `${string} /${string}`, sent?: Sent) => Promise<Answer>;

/** A program with a key of the member's tenant: `await call("GET /agents")`. */
export async function programOf(
  t: Pick<Caller, "fetch">,
  { as }: Member,
  scopes: readonly Permission[] = PERMISSIONS,
): Promise<Program> {
  const { key } = await as.action(api.actions.keys.create, { name: "Tests", scopes: [...scopes] });
  return programWith(t, { "x-api-key": key });
}

/** A program that brings these headers along; bodies are sent as JSON unless they are texts. */
export function programWith(t: Pick<Caller, "fetch">, own: Record<string, string>): Program {
  return async (at, { body, headers = {} } = {}) => {
    const [method = "", path = ""] = at.split(" ");
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const response = await t.fetch(`/api/v1${path}`, {
      method,
      headers: { ...own, ...json, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
    const read = isJson ? (JSON.parse(text) as Record<string, unknown>) : { text };
    return { status: response.status, headers: response.headers, body: read };
  };
}
