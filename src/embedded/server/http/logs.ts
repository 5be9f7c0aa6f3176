/** The endpoint that `npx convex logs` and `dev` follow. */
import { shownName } from "../../runtime/functionPath";
import { RequestError, type LogEntry, type LogProgress } from "../../runtime/types";
import type { JsonObject } from "../../values/json";
import { linesOf, type LogPart } from "../logs/logStream";
import type { ApiCall, Route } from "./api";
import { json, type Reply } from "./reply";

/** A client asks again then. */
const WAIT_MS = 60_000;

const UDF_TYPES: Readonly<Record<LogEntry["kind"], string>> = {
  query: "Query",
  mutation: "Mutation",
  action: "Action",
  httpAction: "HttpAction",
};

export const LOG_ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  "/api/stream_function_logs": { GET: streamFunctionLogs },
};

async function streamFunctionLogs(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  const text = call.url.searchParams.get("cursor") ?? "0";
  const cursorMs = Number(text);
  if (!Number.isFinite(cursorMs)) {
    throw new RequestError(400, "BadCursor", `"cursor" must be a number, not "${text}".`);
  }
  // At first a client wants to know where it is: it need not wait for something to happen.
  if (cursorMs > 0) await call.logs.wait(cursorMs, WAIT_MS);
  const page = call.logs.after(cursorMs);
  const newCursor = page.cursorMs > 0 ? page.cursorMs : Date.now();
  return json(JSON.stringify({ entries: page.parts.map(toJson), newCursor }));
}

function toJson(part: LogPart): JsonObject {
  const logLines = linesOf(part).map(({ level, messages, timestampMs }) => ({
    level,
    messages,
    timestamp: timestampMs,
    isTruncated: false,
  }));
  if (part.kind === "progressed") {
    const { progress } = part;
    const timestamp = progress.startedAtMs / 1000;
    return { kind: "Progress", ...describe(progress), timestamp, logLines };
  }
  const { entry } = part;
  return {
    kind: "Completion",
    ...describe(entry),
    timestamp: (entry.startedAtMs + entry.durationMs) / 1000,
    executionTimestamp: entry.startedAtMs / 1000,
    executionTime: entry.durationMs / 1000,
    success: null,
    error: entry.error,
    logLines,
    identityType: entry.identityType ?? "unknown",
    ...useOf(entry),
  };
}

/** What the runtime measures of what Convex bills; nothing stands for the rest. */
function useOf({ used }: LogEntry): JsonObject {
  return {
    userExecutionTime: used === null ? null : used.userTimeMs / 1000,
    returnBytes: used?.resultBytes ?? null,
    usageStats: {
      databaseReadBytes: used?.bytesRead ?? 0,
      databaseWriteBytes: used?.bytesWritten ?? 0,
      databaseReadDocuments: used?.documentsRead ?? 0,
      databaseWriteDocuments: used?.documentsWritten ?? 0,
    },
  };
}

function describe(entry: LogEntry | LogProgress): JsonObject {
  const { kind, componentPath, path, requestId } = entry;
  return {
    udfType: UDF_TYPES[kind],
    componentPath: componentPath === "" ? null : componentPath,
    identifier: kind === "httpAction" ? path : shownName(path),
    requestId,
  };
}
