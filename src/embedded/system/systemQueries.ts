/** The system queries by their canonical names: those of Convex that its CLI asks. */
import { cloudUrl, getVariable, listVariables } from "./environment";
import { apiSpec, listComponents } from "./functions";
import { listTables, schemas, tableChange, tableData, tableSize } from "./tables";
import { importById, latestExport, newestImports } from "./transfers";
import type { SystemQuery } from "./types";

export const SYSTEM_QUERIES: ReadonlyMap<string, SystemQuery> = new Map([
  ["_system/cli/modules:apiSpec", apiSpec],
  ["_system/cli/tables:default", listTables],
  ["_system/cli/tableData:default", tableData],
  ["_system/cli/tableSize:default", tableSize],
  ["_system/cli/queryTable:default", tableChange],
  ["_system/cli/queryEnvironmentVariables:default", listVariables],
  ["_system/cli/queryEnvironmentVariables:get", getVariable],
  ["_system/cli/convexUrl:cloudUrl", cloudUrl],
  ["_system/cli/exports:getLatest", latestExport],
  ["_system/cli/queryImport:default", importById],
  ["_system/cli/queryImport:list", newestImports],
  ["_system/frontend/components:list", listComponents],
  ["_system/frontend/getSchemas:default", schemas],
]);

/** Where Convex keeps its own functions; no project has a module there. */
export const SYSTEM_FOLDER = "_system/";
