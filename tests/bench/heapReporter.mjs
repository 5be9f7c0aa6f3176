/** Loaded into a measured process: writes its heap's size to the file HEAP_FILE whenever a second has passed. */
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env["HEAP_FILE"];
if (isMainThread && file !== undefined) {
  setInterval(() => writeFileSync(file, String(process.memoryUsage().heapUsed)), 1000).unref();
}
