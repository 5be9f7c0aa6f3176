/** The HTTP endpoints that call functions. */
import type { Identity } from "../../engine/types";
import {
  type FunctionReply,
  type FunctionRequest,
  type QueryReply,
  RequestError,
} from "../../runtime/types";
import type { Json, JsonObject } from "../../values/json";
import { errorMessage, logLinesText } from "../replies";
import { connectionOf, functionRequest } from "../requests";
import { decodeU64, wireTimestamp } from "../sync/protocol";
import type { ApiCall } from "./api";
import { badBody, kindOf, parseJson, readJsonObject } from "./body";
import { formatValue, parseFormat, type ValueFormat } from "./format";
import { json, type TextReply } from "./reply";

type Invocation = {
  udfPath: string;
  args: string;
  componentPath?: string | undefined;
  format: ValueFormat;
};

export function queryPost(call: ApiCall): Promise<TextReply> {
  return callWithBody(call, (request) => call.runtime.query(request));
}

export function mutationPost(call: ApiCall): Promise<TextReply> {
  return callWithBody(call, (request) => call.runtime.mutation(request));
}

export function actionPost(call: ApiCall): Promise<TextReply> {
  return callWithBody(call, (request) => call.runtime.action(request));
}

/** Any function of any component, for admins: what `convex run` uses. */
export async function functionPost(call: ApiCall): Promise<TextReply> {
  const body = await readJsonObject(call.request);
  const identity = await call.requireAdmin();
  const componentPath = optionalStringField(body, "componentPath");
  return await run(call, { ...parseInvocation(body), componentPath }, { identity });
}

/** A query whose code is in the body, for admins: what `convex run --inline-query` uses. */
export async function inlineQueryPost(call: ApiCall): Promise<TextReply> {
  const identity = await call.requireAdmin();
  const body = await readJsonObject(call.request);
  const { source } = asObject(body["bundle"], '"bundle"');
  if (typeof source !== "string") {
    throw badBody(`"bundle.source" must be a string; it is ${kindOf(source)}.`);
  }
  const componentPath = optionalStringField(body, "componentId");
  const { args, format } = parseInvocation({ ...body, path: "" });
  return await invoke(
    call,
    { udfPath: "", args, componentPath, format },
    {
      identity,
      by: (request) => call.runtime.inlineQuery({ ...request, source }),
    },
  );
}

/** `POST /api/run/messages/list` with only the arguments in the body. */
export async function runPost(call: ApiCall): Promise<TextReply> {
  const parts = call.url.pathname.slice("/api/run/".length).split("/").map(decodeSegment);
  const name = parts.pop();
  if (parts.length === 0 || !name || parts.includes("")) {
    throw new RequestError(
      400,
      "MissingIdentifier",
      "Path or function name not provided in path, e.g. /api/run/messages/list",
    );
  }
  const body = await readJsonObject(call.request);
  const path = `${parts.join("/")}:${name}`;
  return await run(call, parseInvocation({ ...body, path }), { identity: await call.identity() });
}

export async function queryGet(call: ApiCall): Promise<TextReply> {
  const { searchParams } = call.url;
  const args = searchParams.get("args");
  const invocation = parseInvocation({
    ...Object.fromEntries(searchParams),
    args: args === null ? {} : parseJson(args, '"args"'),
  });
  return await invoke(call, invocation, {
    identity: await call.identity(),
    by: (request) => call.runtime.query(request),
  });
}

export async function queryTs(call: ApiCall): Promise<TextReply> {
  return json(JSON.stringify({ ts: wireTimestamp(call.runtime.live.tsMicros()) }));
}

/** A query at a timestamp that `query_ts` gave. Older snapshots are not kept. */
export async function queryAtTs(call: ApiCall): Promise<TextReply> {
  const body = await readJsonObject(call.request);
  const ts = typeof body["ts"] === "string" ? decodeU64(body["ts"]) : null;
  if (ts === null) throw badBody('"ts" must be a timestamp that /api/query_ts gave.');
  return await invoke(call, parseInvocation(body), {
    identity: await call.identity(),
    by: async (request) => {
      const reply = await call.runtime.query(request);
      if (BigInt(reply.tsMicros) * 1000n === ts) return reply;
      throw new RequestError(
        400,
        "OutOfRetention",
        "The embedded runtime answers queries at the latest timestamp only, and the database has " +
          "changed since the given one. Ask /api/query_ts for a new timestamp.",
      );
    },
  });
}

const BATCH_ATTEMPTS_MAX = 5;
const BATCH_QUERIES_MAX = 1_000;

/** Several queries at one timestamp. */
export async function queryBatch(call: ApiCall): Promise<TextReply> {
  const { queries } = await readJsonObject(call.request);
  if (!Array.isArray(queries))
    throw badBody(`"queries" must be an array; it is ${kindOf(queries)}.`);
  if (queries.length > BATCH_QUERIES_MAX) {
    throw badBody(
      `"queries" has ${queries.length} entries; at most ${BATCH_QUERIES_MAX} are allowed.`,
    );
  }
  const invocations = queries.map((query) => parseInvocation(asObject(query, "A query")));
  const identity = await call.identity();
  for (let attempt = 0; attempt < BATCH_ATTEMPTS_MAX; attempt++) {
    const timestamps = new Set<number>();
    const by = async (request: FunctionRequest): Promise<QueryReply> => {
      const reply = await call.runtime.query(request);
      timestamps.add(reply.tsMicros);
      return reply;
    };
    const results = await Promise.all(
      invocations.map((invocation) => invoke(call, invocation, { identity, by })),
    );
    if (timestamps.size <= 1) {
      return json(`{"results":[${results.map((result) => result.body).join(",")}]}`);
    }
  }
  throw new RequestError(
    503,
    "TooManyWrites",
    "The database changed between the queries of the batch, again and again. Try again.",
  );
}

async function callWithBody(
  call: ApiCall,
  by: (request: FunctionRequest) => Promise<FunctionReply>,
): Promise<TextReply> {
  const invocation = parseInvocation(await readJsonObject(call.request));
  return await invoke(call, invocation, { identity: await call.identity(), by });
}

function run(
  call: ApiCall,
  invocation: Invocation,
  { identity }: { identity: Identity },
): Promise<TextReply> {
  return invoke(call, invocation, { identity, by: (request) => call.runtime.run(request) });
}

async function invoke(
  call: ApiCall,
  invocation: Invocation,
  options: { identity: Identity; by(request: FunctionRequest): Promise<FunctionReply> },
): Promise<TextReply> {
  const { requestId } = call;
  const { identity } = options;
  const connection = connectionOf(call.request);
  const caller = { identity, requestId, request: call.metadata, connection };
  const reply = await options
    .by(functionRequest(invocation, caller))
    .catch((error: unknown) => refusedReply(error));
  return json(replyText(reply, { requestId, format: invocation.format }));
}

/** Convex reports a function that does not exist like a failure of the function. */
function refusedReply(error: unknown): FunctionReply {
  if (!(error instanceof RequestError) || error.code === "OutOfRetention") throw error;
  if (error.status !== 400 && error.status !== 404) throw error;
  return { ok: false, error: { kind: "developer", message: error.message }, logLines: [] };
}

function replyText(
  reply: FunctionReply,
  { requestId, format }: { requestId: string; format: ValueFormat },
): string {
  const logLines = reply.logLines.length === 0 ? "" : `,"logLines":${logLinesText(reply.logLines)}`;
  if (reply.ok) {
    return `{"status":"success","value":${formatValue(reply.value, format)}${logLines}}`;
  }
  const message = JSON.stringify(errorMessage(reply.error, requestId));
  const { data } = reply.error;
  const errorData = data === undefined ? "" : `,"errorData":${formatValue(data, format)}`;
  return `{"status":"error","errorMessage":${message}${errorData}${logLines}}`;
}

function parseInvocation(body: JsonObject): Invocation {
  const { path } = body;
  if (typeof path !== "string") {
    throw badBody(`"path" must be a string such as "messages:list"; it is ${kindOf(path)}.`);
  }
  return { udfPath: path, args: argsText(body["args"]), format: parseFormat(body["format"]) };
}

/** The arguments: an object, or an array with one, as clients send them. */
function argsText(args: Json | undefined): string {
  const given = Array.isArray(args) && args.length <= 1 ? (args[0] ?? {}) : args;
  return JSON.stringify(asObject(given, '"args"'));
}

function asObject(value: Json | undefined, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw badBody(`${what} must be a JSON object; it is ${kindOf(value)}.`);
}

function optionalStringField(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw badBody(`"${name}" must be a string; it is ${kindOf(value)}.`);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestError(400, "BadPathArgs", `${segment} is not a valid part of a URL.`);
  }
}
