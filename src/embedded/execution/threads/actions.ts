/**
 * A thread in which actions run. Code that never gives the thread back stops the actions in it, but not
 * the server, which ends such a thread.
 */
import { types } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import type { ActionResult, ActionStart, BodyPiece, FromThread, ToThread } from "../actionMessages";
import type { Invoked } from "../inside/action";
import { describeThrown } from "../inside/thrown";
import { currentAction, RunningAction } from "./currentAction";
import type { Ask } from "./jsSyscalls";
import { createWorld, type World } from "./worlds";

const { inside } = workerData as { inside: string };
const actions = new Map<number, RunningAction>();
const waiting = new Map<number, (answered: Awaited<ReturnType<Ask>>) => void>();
/** A world that cannot be made fails the actions that are to run in it. */
let worlds = new Map<number, () => World>();
let syscallCount = 0;

function send(message: FromThread, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

const ask: Ask = async (op, args, bytes) => {
  const action = currentAction.getStore();
  if (action === undefined) return { answer: { message: "Only a running action can do this." } };
  const id = ++syscallCount;
  const message = { type: "syscall" as const, action: action.id, syscall: id, op, args };
  if (bytes === undefined) send(message);
  else send({ ...message, bytes }, [bytes.buffer]);
  return await new Promise((resolve) => waiting.set(id, resolve));
};

parentPort?.on("message", (message: ToThread) => {
  switch (message.type) {
    case "ping":
      return send({ type: "pong" });
    case "world":
      return void worlds.set(
        message.world,
        lazily(() => createWorld(message.source, ask, inside)),
      );
    case "forgetWorlds":
      worlds = new Map();
      return;
    case "start":
      return start(message.action, worlds.get(message.world), message.start);
    case "answer":
      waiting.get(message.syscall)?.(message);
      waiting.delete(message.syscall);
      return;
    case "pull":
      return within(message.action, (action) => pull(action));
    case "leave":
      return within(message.action, (action) => leave(action));
    case "end":
      actions.get(message.action)?.end();
      actions.delete(message.action);
  }
});

function lazily(make: () => World): () => World {
  let world: World | undefined;
  return () => (world ??= make());
}

/** Listeners and streams of a function run as parts of it, whoever sets them off. */
function within(id: number, fn: (action: RunningAction) => Promise<void>): void {
  const action = actions.get(id);
  if (action !== undefined) void currentAction.run(action, () => fn(action));
}

function start(id: number, world: (() => World) | undefined, request: ActionStart): void {
  const action = new RunningAction(id, send);
  actions.set(id, action);
  within(id, async () => {
    let result: ActionResult;
    try {
      if (world === undefined) throw new Error("the code of this action is gone");
      result =
        request.kind === "action"
          ? await runAction(world(), request)
          : await runRoute(world(), action, request);
    } catch (error) {
      result = { kind: "threw", thrown: describeThrown(error) };
    }
    send({ type: "result", action: id, result });
  });
}

async function runAction(
  world: World,
  request: ActionStart & { kind: "action" },
): Promise<ActionResult> {
  const invoked = await world.invokeAction(request, request.requestId, request.args);
  if ("thrown" in invoked) return { kind: "threw", thrown: invoked.thrown };
  return { kind: "returned", value: String(invoked.value) };
}

async function runRoute(
  world: World,
  action: RunningAction,
  { url, path, method, headers, body }: ActionStart & { kind: "http" },
): Promise<ActionResult> {
  const init = { method, headers, body: body as BodyInit | null, signal: action.client.signal };
  const invoked: Invoked | null = await world.invokeRoute(new Request(url, init), path);
  if (invoked === null) return { kind: "noRoute" };
  if ("thrown" in invoked) return { kind: "threw", thrown: invoked.thrown };
  const response = invoked.value;
  if (!(response instanceof Response)) return { kind: "noResponse" };
  action.reader = response.body?.getReader() ?? null;
  const { status, statusText } = response;
  const head = { status, statusText, headers: [...response.headers] as [string, string][] };
  return { kind: "responded", head: { ...head, hasBody: action.reader !== null } };
}

async function pull(action: RunningAction): Promise<void> {
  send({ type: "piece", action: action.id, piece: await readPiece(action) });
}

/** What the function still has to store gets stored: its stream is read on to its end. */
async function leave(action: RunningAction): Promise<void> {
  action.client.abort();
  if (action.reader === null) return;
  let piece: BodyPiece;
  do piece = await readPiece(action);
  while (piece.kind === "bytes");
  send({ type: "piece", action: action.id, piece });
}

async function readPiece({ reader }: RunningAction): Promise<BodyPiece> {
  try {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) return { kind: "end" };
    // It may be of a realm, whose classes are its own.
    if (!types.isUint8Array(value)) throw new TypeError("a body consists of Uint8Arrays");
    return { kind: "bytes", bytes: value };
  } catch (error) {
    return { kind: "failed", message: describeThrown(error).message };
  }
}

function onStray(error: unknown): void {
  const action = currentAction.getStore();
  if (action !== undefined) return action.stray(error);
  console.error(`An action that has ended left an error behind: ${describeThrown(error).message}`);
}
process.on("uncaughtException", onStray);
process.on("unhandledRejection", onStray);
