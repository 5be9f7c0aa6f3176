/**
 * The messages of Convex's sync protocol as they travel over the WebSocket: what clients may send,
 * checked field by field, and the parts that every server message is made of.
 */
import type { FunctionReply } from "../../runtime/types";
import type { JsonObject } from "../../values/json";
import { errorDataField, errorMessage, logLinesText } from "../replies";

export type AddQuery = {
  type: "Add";
  queryId: number;
  udfPath: string;
  /** JSON text of the encoded arguments object. */
  args: string;
  journal: string | null;
  componentPath: string | undefined;
};
export type QuerySetChange = AddQuery | { type: "Remove"; queryId: number };

export type FunctionCall = {
  requestId: number;
  udfPath: string;
  /** JSON text of the encoded arguments object. */
  args: string;
  componentPath: string | undefined;
};

export type AuthToken =
  | { tokenType: "None" }
  | { tokenType: "User"; value: string }
  | { tokenType: "Admin"; value: string; actingAs: JsonObject | null };

export type ClientMessage =
  | {
      type: "Connect";
      sessionId: string;
      /** In ns; null when the client has seen nothing yet. */
      maxObservedTimestamp: bigint | null;
      clientTsMs: number | null;
    }
  | {
      type: "ModifyQuerySet";
      baseVersion: number;
      newVersion: number;
      modifications: QuerySetChange[];
    }
  | ({ type: "Mutation" } & FunctionCall)
  | ({ type: "Action" } & FunctionCall)
  | { type: "Authenticate"; baseVersion: number; token: AuthToken }
  | { type: "Event" };

/** A message that no correct client sends. The client is told and must not retry. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Fields of which nothing is known yet. */
type Fields = { readonly [name: string]: unknown };

/** @throws ProtocolError - The text is no JSON, or not a message of the protocol. */
export function parseClientMessage(text: string): ClientMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw new ProtocolError(`Received Invalid JSON on websocket: ${(error as Error).message}`);
  }
  if (!isObject(message)) throw new ProtocolError("A message must be a JSON object.");
  switch (message["type"]) {
    case "Connect":
      return parseConnect(message);
    case "ModifyQuerySet":
      return {
        type: "ModifyQuerySet",
        baseVersion: count(message, "baseVersion"),
        newVersion: count(message, "newVersion"),
        modifications: list(message, "modifications").map(parseQuerySetChange),
      };
    case "Mutation":
    case "Action":
      return {
        type: message["type"],
        requestId: count(message, "requestId"),
        udfPath: string(message, "udfPath"),
        args: argsText(message),
        componentPath: optionalString(message, "componentPath"),
      };
    case "Authenticate":
      return {
        type: "Authenticate",
        baseVersion: count(message, "baseVersion"),
        token: parseToken(message),
      };
    case "Event":
      return { type: "Event" };
    default:
      throw new ProtocolError(`Unknown message type ${JSON.stringify(message["type"])}.`);
  }
}

// The session id is the key under which repeated mutations are recognised, so it must be unguessable.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function parseConnect(message: Fields): ClientMessage {
  const sessionId = string(message, "sessionId");
  if (!UUID.test(sessionId)) throw new ProtocolError('"sessionId" must be a UUID.');
  const observed = message["maxObservedTimestamp"];
  const clientTs = message["clientTs"];
  return {
    type: "Connect",
    sessionId,
    maxObservedTimestamp:
      observed === undefined || observed === null
        ? null
        : u64Field(observed, "maxObservedTimestamp"),
    clientTsMs: typeof clientTs === "number" && Number.isFinite(clientTs) ? clientTs : null,
  };
}

function u64Field(value: unknown, name: string): bigint {
  const decoded = typeof value === "string" ? decodeU64(value) : null;
  if (decoded === null) {
    throw new ProtocolError(`"${name}" must be the base64 of 8 little-endian bytes.`);
  }
  return decoded;
}

function parseQuerySetChange(change: unknown): QuerySetChange {
  if (!isObject(change)) throw new ProtocolError("A modification must be an object.");
  switch (change["type"]) {
    case "Add":
      return {
        type: "Add",
        queryId: count(change, "queryId"),
        udfPath: string(change, "udfPath"),
        args: argsText(change),
        journal: optionalString(change, "journal") ?? null,
        componentPath: optionalString(change, "componentPath"),
      };
    case "Remove":
      return { type: "Remove", queryId: count(change, "queryId") };
    default:
      throw new ProtocolError(`Unknown modification type ${JSON.stringify(change["type"])}.`);
  }
}

function parseToken(message: Fields): AuthToken {
  switch (message["tokenType"]) {
    case "None":
      return { tokenType: "None" };
    case "User":
      return { tokenType: "User", value: string(message, "value") };
    case "Admin": {
      const actingAs = message["impersonating"] ?? message["acting_as"] ?? null;
      if (actingAs !== null && !isObject(actingAs)) {
        throw new ProtocolError('"impersonating" must be an object.');
      }
      return {
        tokenType: "Admin",
        value: string(message, "value"),
        actingAs: actingAs as JsonObject | null,
      };
    }
    default:
      throw new ProtocolError(`Unknown token type ${JSON.stringify(message["tokenType"])}.`);
  }
}

function argsText(from: Fields): string {
  const args = list(from, "args");
  const [first] = args;
  if (args.length > 1 || (first !== undefined && !isObject(first))) {
    throw new ProtocolError('"args" must be an array with one object.');
  }
  return first === undefined ? "{}" : JSON.stringify(first);
}

// Versions, query ids and request ids are u32 in Convex.
const COUNT_MAX = 2 ** 32 - 1;

function count(from: Fields, name: string): number {
  const value = from[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > COUNT_MAX) {
    throw new ProtocolError(`"${name}" must be an integer from 0 to ${COUNT_MAX}.`);
  }
  return value;
}

function string(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value !== "string") throw new ProtocolError(`"${name}" must be a string.`);
  return value;
}

function optionalString(from: Fields, name: string): string | undefined {
  const value = from[name];
  return value === undefined || value === null ? undefined : string(from, name);
}

function list(from: Fields, name: string): unknown[] {
  const value = from[name];
  if (!Array.isArray(value)) throw new ProtocolError(`"${name}" must be an array.`);
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A timestamp as it stands in JSON: the base64 of its 8 little-endian bytes. */
export function encodeU64(value: bigint): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(value);
  return bytes.toString("base64");
}

/** Null when `text` is not what `encodeU64` makes. */
export function decodeU64(text: string): bigint | null {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 8 || bytes.toString("base64") !== text) return null;
  return bytes.readBigUInt64LE();
}

/** A commit's clients are all told the same two timestamps. */
const timestampTexts = new Map<number, string>();
const TIMESTAMP_TEXTS_MAX = 16;

/** Timestamps are ns on the wire and µs inside. */
export function wireTimestamp(tsMicros: number): string {
  let text = timestampTexts.get(tsMicros);
  if (text === undefined) {
    text = encodeU64(BigInt(tsMicros) * 1000n);
    if (timestampTexts.size === TIMESTAMP_TEXTS_MAX) timestampTexts.clear();
    timestampTexts.set(tsMicros, text);
  }
  return text;
}

export type StateVersion = { querySet: number; identity: number; tsMicros: number };

export const INITIAL_VERSION: StateVersion = { querySet: 0, identity: 0, tsMicros: 0 };

/** A modification as JSON: what is this client's own, then the bytes of what it shares with others. */
export type Modification = { own: string; shared: Buffer | null };

/**
 * A Transition as the bytes of its JSON. What a thousand clients are told alike is encoded once for all of
 * them and copied into each one's message: one write of one buffer is what a socket does best.
 */
export function transitionBytes(transition: {
  start: StateVersion;
  end: StateVersion;
  modifications: readonly Modification[];
  /** Client clock minus server clock; null when the client did not give its time. */
  clockSkewMs: number | null;
  nowMs: number;
}): Buffer {
  const { start, end, clockSkewMs, nowMs } = transition;
  // The client takes both or none; with one of them it reports transit times that are nonsense.
  const clocks =
    clockSkewMs === null ? "" : `,"clientClockSkew":${clockSkewMs},"serverTs":${nowMs}000000`;
  const pieces: (string | Buffer)[] = [];
  let own = `{"type":"Transition","startVersion":${versionText(start)},"endVersion":${versionText(end)},"modifications":[`;
  let comma = "";
  for (const modification of transition.modifications) {
    own += comma + modification.own;
    comma = ",";
    if (modification.shared === null) continue;
    pieces.push(own, modification.shared);
    own = "";
  }
  pieces.push(`${own}]${clocks}}`);
  return joined(pieces);
}

function joined(pieces: readonly (string | Buffer)[]): Buffer {
  let length = 0;
  for (const piece of pieces) {
    length += typeof piece === "string" ? Buffer.byteLength(piece) : piece.length;
  }
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const piece of pieces) {
    at += typeof piece === "string" ? bytes.write(piece, at) : piece.copy(bytes, at);
  }
  return bytes;
}

function versionText({ querySet, identity, tsMicros }: StateVersion): string {
  return `{"querySet":${querySet},"identity":${identity},"ts":"${wireTimestamp(tsMicros)}"}`;
}

/** The frames that carry a Transition: one, or numbered pieces of at most `charsMax` characters. */
export function transitionFrames(bytes: Buffer, charsMax: number): (Buffer | string)[] {
  if (bytes.length <= charsMax) return [bytes];
  const text = bytes.toString();
  if (text.length <= charsMax) return [bytes];
  const totalParts = Math.ceil(text.length / charsMax);
  return Array.from({ length: totalParts }, (_, partNumber) =>
    JSON.stringify({
      type: "TransitionChunk",
      // A cut between the halves of a surrogate pair is fine: both are escaped, and joined again.
      chunk: text.slice(partNumber * charsMax, (partNumber + 1) * charsMax),
      partNumber,
      totalParts,
      transitionId: String(text.length),
    }),
  );
}

/** JSON text of a MutationResponse or ActionResponse. `tsMicros` is when a mutation committed. */
export function responseText(result: {
  kind: "Mutation" | "Action";
  call: FunctionCall;
  reply: FunctionReply;
  requestId: string;
  tsMicros: number | null;
}): string {
  const { kind, call, reply, requestId, tsMicros } = result;
  const outcome = reply.ok
    ? `"success":true,"result":${reply.value}`
    : `"success":false,"result":${JSON.stringify(errorMessage(reply.error, requestId))}` +
      errorDataField(reply.error);
  const ts = reply.ok && tsMicros !== null ? `,"ts":"${wireTimestamp(tsMicros)}"` : "";
  return (
    `{"type":"${kind}Response","requestId":${call.requestId},${outcome}${ts}` +
    `,"logLines":${logLinesText(reply.logLines)}}`
  );
}
