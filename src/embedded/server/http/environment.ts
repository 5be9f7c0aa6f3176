/** The endpoints of `convex env`. */
import type { Json } from "../../values/json";
import type { ApiCall } from "./api";
import { badBody, kindOf, readJsonObject } from "./body";
import { json, type Reply, text } from "./reply";

export async function environmentPost(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  const { changes } = await readJsonObject(call.request);
  if (!Array.isArray(changes))
    throw badBody(`"changes" must be an array; it is ${kindOf(changes)}.`);
  await call.runtime.setEnvironment(Object.fromEntries(changes.map(parseChange)));
  return text("");
}

export async function environmentGet(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  return json(JSON.stringify({ environmentVariables: call.runtime.environment() }));
}

function parseChange(change: Json): [name: string, value: string | null] {
  const isObject = typeof change === "object" && change !== null && !Array.isArray(change);
  const { name, value = null } = isObject ? change : {};
  if (typeof name !== "string" || (typeof value !== "string" && value !== null)) {
    throw badBody('A change must be {"name": string, "value": string or null}.');
  }
  return [name, value];
}
