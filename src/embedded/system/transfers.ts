/** What `npx convex export` waits for. */
import { z } from "zod";
import { listExports } from "../runtime/transfer/exports";
import { systemQuery } from "./types";

/** The newest export; null where none was ever asked for. */
export const latestExport = systemQuery(z.object({}), ({ tx }) =>
  JSON.stringify(listExports(tx)[0] ?? null),
);
