/** The keys of the stored files that a database's rows name. */
import { openCatalog } from "../engine/catalog";
import { TableWalk } from "../engine/tableWalk";
import { openStore } from "../store/sqlite";
import { FILE_LOCATIONS_TABLE } from "../runtime/systemTables";
import type { FileKey } from "../store/files";

/** @param folder - A folder with a copy of a database, which is opened as its owner would, and so checked. */
export function namedFiles(folder: string): FileKey[] {
  const store = openStore(folder);
  try {
    const catalog = openCatalog(store);
    const keys: FileKey[] = [];
    for (const componentPath of catalog.componentPaths()) {
      const [byId] = catalog.table(componentPath, FILE_LOCATIONS_TABLE)?.indexes ?? [];
      if (byId === undefined) continue;
      const walk = new TableWalk(store, byId);
      for (let batch = walk.next(); batch.length > 0; batch = walk.next()) {
        for (const { document } of batch) keys.push(document["storageKey"] as FileKey);
      }
    }
    return keys;
  } finally {
    store.close();
  }
}
