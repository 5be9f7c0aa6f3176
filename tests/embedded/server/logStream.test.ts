/** The log that the CLI follows: nothing twice, nothing lost, no more than fits. */
import { describe, expect, test } from "vitest";
import type { LogLine } from "../../../src/embedded/execution/types";
import type { LogEntry, LogProgress } from "../../../src/embedded/runtime/types";
import { linesOf, LogStream, type LogPart } from "../../../src/embedded/server/logs/logStream";
import { startBackend, ADMIN_KEY } from "../clients/backend";
import { api } from "../clients/api";
import { httpClient } from "../clients/connections";

function logs() {
  let onLog = (_entry: LogEntry): void => {};
  let onProgress = (_progress: LogProgress): void => {};
  const stream = new LogStream({
    onLog: (listener) => ((onLog = listener), () => {}),
    onProgress: (listener) => ((onProgress = listener), () => {}),
  });
  return {
    stream,
    log: (entry: LogEntry) => onLog(entry),
    progress: (p: LogProgress) => onProgress(p),
  };
}

const line = (message: string): LogLine => ({ level: "LOG", messages: [message], timestampMs: 1 });
const entry = (path: string, more: Partial<LogEntry> = {}): LogEntry => ({
  requestId: "r",
  componentPath: "",
  path,
  kind: "query",
  startedAtMs: 1,
  durationMs: 1,
  error: null,
  logLines: [],
  identityType: "unknown",
  used: null,
  ...more,
});
const paths = (parts: readonly LogPart[]) =>
  parts.map((part) => (part.kind === "ended" ? part.entry.path : part.progress.path));

test("gives each entry once to whoever goes on from where it was", () => {
  const { stream, log } = logs();
  log(entry("a"));
  log(entry("b"));
  const first = stream.after(0);
  expect(paths(first.parts)).toEqual(["a", "b"]);
  expect(stream.after(first.cursorMs)).toEqual({ parts: [], cursorMs: first.cursorMs });
  for (let count = 0; count < 100; count++) log(entry(`c${count}`));
  expect(stream.after(first.cursorMs).parts).toHaveLength(100);
});

test("keeps the newest thousand", () => {
  const { stream, log } = logs();
  for (let count = 0; count < 3_500; count++) log(entry(String(count)));
  const { parts } = stream.after(0);
  expect(paths(parts)).toEqual(Array.from({ length: 1_000 }, (_, index) => String(2_500 + index)));
});

test("keeps fewer when they are large", () => {
  const { stream, log } = logs();
  for (const path of ["a", "b", "c"]) log(entry(path, { logLines: [line("x".repeat(9_000_000))] }));
  expect(paths(stream.after(0).parts)).toEqual(["c"]);
});

test("wakes who waits, and lets them go at the end", async () => {
  const { stream, log } = logs();
  log(entry("a"));
  const { cursorMs } = stream.after(0);
  await stream.wait(0, 60_000);
  const waiting = stream.wait(cursorMs, 60_000);
  log(entry("b"));
  await waiting;
  const last = stream.after(cursorMs);
  expect(paths(last.parts)).toEqual(["b"]);
  const closing = stream.wait(last.cursorMs, 60_000);
  stream.close();
  await closing;
  await stream.wait(last.cursorMs, 60_000);
});

test("lines of an action come as it goes on, and not again at its end", () => {
  const { stream, log, progress } = logs();
  const { requestId, componentPath, startedAtMs } = entry("act");
  const described = { requestId, componentPath, startedAtMs, path: "act", kind: "action" } as const;
  progress({ ...described, line: line("began") });
  log(entry("act", { kind: "action", logLines: [line("began")] }));
  log(entry("query", { logLines: [line("read")] }));
  const lines = stream
    .after(0)
    .parts.map((part) => linesOf(part).map(({ messages }) => messages[0]));
  expect(lines).toEqual([["began"], [], ["read"]]);
});

describe("over HTTP", () => {
  const read = (apiUrl: string, cursor: string, key = ADMIN_KEY) =>
    fetch(`${apiUrl}/api/stream_function_logs?cursor=${cursor}`, {
      headers: { Authorization: `Convex ${key}` },
    });

  test("is for admins", async () => {
    const { apiUrl } = await startBackend();
    expect((await read(apiUrl, "0", "someone|else")).status).toBe(403);
    expect((await read(apiUrl, "soon")).status).toBe(400);
  });

  test("answers the first question at once, and the next when there is something", async () => {
    const backend = await startBackend();
    const first = (await (await read(backend.apiUrl, "0")).json()) as { newCursor: number };
    expect(first).toMatchObject({ entries: [], newCursor: expect.any(Number) as number });
    const next = read(backend.apiUrl, String(first.newCursor));
    await httpClient(backend)
      .mutation(api.messages.sendAndFail, { channel: "a" })
      .catch(() => {});
    expect(await (await next).json()).toMatchObject({
      entries: [
        {
          kind: "Completion",
          udfType: "Mutation",
          identifier: "messages:sendAndFail",
          error: expect.stringContaining("ConvexError") as string,
          logLines: [{ level: "LOG", messages: ["'about to fail in'", "'a'"], isTruncated: false }],
        },
      ],
    });
  });

  test("tells whose call it was and what it used", async () => {
    const backend = await startBackend();
    const head = (await (await read(backend.apiUrl, "0")).json()) as { newCursor: number };
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "one" });
    await fetch(`${backend.apiUrl}/api/query`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${ADMIN_KEY}` },
      body: JSON.stringify({ path: "messages:list", args: { channel: "a" }, format: "json" }),
    });
    const { entries } = (await (await read(backend.apiUrl, String(head.newCursor))).json()) as {
      entries: unknown[];
    };
    const bytes = expect.toSatisfy((count: number) => count > 5) as number;
    expect(entries).toMatchObject([
      {
        identityType: "unknown",
        returnBytes: bytes,
        usageStats: { databaseWriteBytes: bytes, databaseWriteDocuments: 1 },
      },
      {
        identityType: "instance_admin",
        returnBytes: bytes,
        usageStats: {
          databaseReadBytes: bytes,
          databaseReadDocuments: 1,
          databaseWriteBytes: 0,
          databaseWriteDocuments: 0,
        },
      },
    ]);
  });
});
