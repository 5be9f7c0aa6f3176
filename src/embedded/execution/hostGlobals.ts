/** What realms get of the thread that they are in. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { ERROR_NAMES, WEB_GLOBALS } from "./inside/globals";

const RECOGNISED = [...ERROR_NAMES, "Array", "ArrayBuffer", "Object", "Promise", "Uint8Array"];

/**
 * The host's classes that become the realm's globals. Those by which the realm only recognises what the
 * host made are there too, but not enumerable: the realm keeps its own.
 */
export function hostWebGlobals(): Record<string, unknown> {
  const host = globalThis as Record<string, unknown>;
  const web: Record<string, unknown> = { AsyncLocalStorage, AsyncResource };
  for (const name of WEB_GLOBALS) {
    if (!(name in web) && host[name] !== undefined) web[name] = host[name];
  }
  for (const name of RECOGNISED) {
    Object.defineProperty(web, name, { value: host[name], enumerable: false });
  }
  return web;
}
