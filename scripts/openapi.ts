/**
 * `npm run openapi`: the types of the client, from the document that the routes make. A test says whether they are
 * those of the routes as they are.
 */
import { writeFileSync } from "node:fs";
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import { format, resolveConfig } from "prettier";
import { documentOf } from "../convex/rest/native/document";
import { allRoutes } from "../convex/rest/native/table";

export const TYPES_PATH = "src/client/openapi.ts";
const HEAD =
  "/** Made by `npm run openapi` from the routes in convex/rest/routes: change those. */\n";

export async function typesOfApi(): Promise<string> {
  const document = documentOf(await allRoutes()) as OpenAPI3;
  const text = HEAD + astToString(await openapiTS(document));
  const config = await resolveConfig(TYPES_PATH);
  return await format(text, { ...config, filepath: TYPES_PATH });
}

if (process.argv[1]?.endsWith("openapi.ts") === true) {
  writeFileSync(TYPES_PATH, await typesOfApi());
}
