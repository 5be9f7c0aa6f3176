/** What `npx convex export` and `import` wait for. */
import { z } from "zod";
import { UserError } from "../engine/types";
import { listExports } from "../runtime/transfer/exports";
import { listImports } from "../runtime/transfer/imports";
import { systemQuery } from "./types";

/** The newest export; null where none was ever asked for. */
export const latestExport = systemQuery(z.object({}), ({ tx }) =>
  JSON.stringify(listExports(tx)[0] ?? null),
);

/** One import, as it stands. */
export const importById = systemQuery(
  z.object({ importId: z.string() }),
  ({ tx }, { importId }) => {
    const row = listImports(tx).find(({ _id }) => _id === importId);
    if (row === undefined) throw new UserError(`There is no import ${importId}.`, "ImportNotFound");
    return JSON.stringify(row);
  },
);

/** The newest imports. */
export const newestImports = systemQuery(z.object({}), ({ tx }) => JSON.stringify(listImports(tx)));
