/** Who calls, as doors of the compatible API are told. */
import type { Caller } from "../../model/headerCaller";
import { askedBy } from "../guard";

export function callerOf(request: Request): Caller {
  const { tenant, apiKey } = askedBy(request, { permission: null, routeClass: "model" });
  return { ...(tenant !== undefined && { tenant }), ...(apiKey !== undefined && { apiKey }) };
}
