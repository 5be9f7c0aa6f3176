/** The endpoints of `npx convex import`. */
import { z } from "zod";
import { IMPORT_MODES } from "../../runtime/transfer/importPlan";
import type { ImportFormat } from "../../runtime/transfer/importSource";
import { RequestError } from "../../runtime/types";
import type { JsonObject } from "../../values/json";
import type { ApiCall, Route } from "./api";
import { readJsonObject } from "./body";
import { json } from "./reply";

const Finish = z.object({
  import: z.object({
    tableName: z.string().optional(),
    componentPath: z.string().nullish(),
    mode: z.enum(IMPORT_MODES).default("requireEmpty"),
    format: z.enum(["csv", "jsonLines", "jsonArray", "zip"]),
  }),
  uploadToken: z.string(),
  partTokens: z.array(z.string()).max(10_000),
});
const Chosen = z.object({ importId: z.string() });

export const IMPORT_ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  "/api/import/start_upload": {
    async POST(call) {
      await call.requireAdmin();
      return json(JSON.stringify({ uploadToken: await call.runtime.imports.startUpload() }));
    },
  },
  "/api/import/upload_part": {
    async POST(call) {
      await call.requireAdmin();
      const { runtime, request, url } = call;
      const number = Number(url.searchParams.get("partNumber"));
      const token = url.searchParams.get("uploadToken") ?? "";
      const part = await runtime.imports.uploadPart(token, { number, content: request });
      return json(JSON.stringify(part));
    },
  },
  "/api/import/finish_upload": {
    async POST(call) {
      const { import: asked, uploadToken, partTokens } = await bodyOf(call, Finish);
      const { mode, componentPath } = asked;
      const request = { mode, format: formatOf(asked), componentPath: componentPath ?? "" };
      const importId = await call.runtime.imports.finishUpload(uploadToken, partTokens, request);
      return json(JSON.stringify({ importId }));
    },
  },
  "/api/perform_import": {
    async POST(call) {
      const { importId } = await bodyOf(call, Chosen);
      await call.runtime.imports.perform(importId);
      return json("{}");
    },
  },
  "/api/cancel_import": {
    async POST(call) {
      const { importId } = await bodyOf(call, Chosen);
      await call.runtime.imports.cancel(importId);
      return json("{}");
    },
  },
};

async function bodyOf<T>(call: ApiCall, shape: z.ZodType<T>): Promise<T> {
  await call.requireAdmin();
  const body: JsonObject = await readJsonObject(call.request);
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new RequestError(400, "BadRequest", z.prettifyError(parsed.error));
}

function formatOf({
  format,
  tableName,
}: {
  format: ImportFormat["kind"];
  tableName?: string | undefined;
}): ImportFormat {
  if (format === "zip") {
    if (tableName === undefined) return { kind: "zip" };
    throw new RequestError(400, "InvalidName", "ZIP import cannot have table name");
  }
  if (tableName !== undefined) return { kind: format, table: tableName };
  throw new RequestError(400, "InvalidName", `An import of ${format} requires a table name`);
}
