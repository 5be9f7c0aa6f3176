/**
 * What the main thread and the threads of actions say to each other. All on one port, so that everything
 * arrives in the order in which it happened: a log line before the end of its action.
 */
import type { LinkedScript, ModuleSource } from "../deploy/types";
import type { ComponentPath } from "../engine/types";
import type { LogLevel, Rejection, Thrown } from "./inside/link";

export type Variables = Readonly<Record<string, string>>;

/**
 * Code of a component with the variables that it sees. Actions of the same world share the state of its
 * modules, which instances of one definition do not.
 */
export type WorldSource = {
  componentPath: ComponentPath;
  environment: ModuleSource["environment"];
  script: Pick<LinkedScript, "filename" | "source">;
  variables: Variables;
};

export type ActionStart =
  | { kind: "action"; modulePath: string; exportName: string; requestId: string; args: string }
  | {
      kind: "http";
      url: string;
      /** What the router is asked for: the URL's, without the prefix of a component. */
      path: string;
      method: string;
      headers: [name: string, value: string][];
      body: Uint8Array | null;
    };

/** JSON text, or why the function gets none. */
export type SyscallAnswer = string | Rejection;

/** A file's bytes on their way between a function and the storage: moved, so they cost the same at any size. */
export type Bytes = Uint8Array<ArrayBuffer>;

export type ToThread =
  | { type: "world"; world: number; source: WorldSource }
  /** No more actions will start in worlds made so far. */
  | { type: "forgetWorlds" }
  | { type: "start"; action: number; world: number; start: ActionStart }
  | { type: "answer"; syscall: number; answer: SyscallAnswer; bytes?: Bytes }
  /** Asks for the next piece of the response's body. */
  | { type: "pull"; action: number }
  /** The client has left: the rest of the body is read and dropped. */
  | { type: "leave"; action: number }
  | { type: "end"; action: number }
  | { type: "ping" };

export type ResponseHead = {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  hasBody: boolean;
};

export type ActionResult =
  | { kind: "returned"; value: string }
  | { kind: "threw"; thrown: Thrown }
  | { kind: "responded"; head: ResponseHead }
  | { kind: "noResponse" }
  | { kind: "noRoute" };

export type BodyPiece =
  { kind: "bytes"; bytes: Uint8Array } | { kind: "end" } | { kind: "failed"; message: string };

export type FromThread =
  | { type: "pong" }
  | { type: "syscall"; action: number; syscall: number; op: string; args: string; bytes?: Bytes }
  | { type: "log"; action: number; level: LogLevel; texts: string[] }
  | { type: "result"; action: number; result: ActionResult }
  | { type: "piece"; action: number; piece: BodyPiece }
  /** An error that escaped the action: a promise nobody awaited, a timer that threw. */
  | { type: "stray"; action: number; thrown: Thrown };
