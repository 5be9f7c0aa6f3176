/** The endpoints of `npx convex export`. */
import { createReadStream } from "node:fs";
import type { ApiCall } from "./api";
import { type Reply, text } from "./reply";

const DOWNLOAD = "/api/export/zip/";

type Routes = Record<string, (call: ApiCall) => Promise<Reply>>;

/** By method, or undefined for a path that is none of these. */
export function exportRoutes(path: string): Routes | undefined {
  if (path === "/api/export/request/zip") return { POST: requestPost };
  return path.startsWith(DOWNLOAD) ? { GET: zipGet } : undefined;
}

async function requestPost(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  const { runtime, url } = call;
  const includesFiles = url.searchParams.get("includeStorage") === "true";
  const componentPath = url.searchParams.get("component");
  await runtime.exports.request({ includesFiles, componentPath });
  return text("");
}

async function zipGet(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  const { runtime, url, instanceName } = call;
  const startTs = url.pathname.slice(DOWNLOAD.length);
  const { path, sizeBytes } = await runtime.exports.find(startTs);
  return {
    status: 200,
    headers: {
      "Content-Type": "application/zip",
      "Content-Length": sizeBytes,
      "Content-Disposition": `attachment; filename=snapshot_${instanceName}_${startTs}.zip`,
      "Cache-Control": "private, no-store",
    },
    body: createReadStream(path),
  };
}
