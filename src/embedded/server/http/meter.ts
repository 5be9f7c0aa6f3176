/** What functions have met since the start, for admins: `Runtime.meter` as JSON. */
import type { ApiCall } from "./api";
import { json, type Reply } from "./reply";

async function meterGet(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  return json(JSON.stringify(call.runtime.meter()));
}

/** No endpoint of Convex's, so it has a prefix of its own. */
export const METER_ROUTES = { "/api/embedded/meter": { GET: meterGet } };
