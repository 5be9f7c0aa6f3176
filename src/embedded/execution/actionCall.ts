/** An action while it runs in its thread, as the main thread sees it. */
import type { LinkedScript } from "../deploy/types";
import type { ActionResult, BodyPiece } from "./actionMessages";
import type { LogLevel } from "./inside/link";
import { LogBuffer } from "./logs";
import { mapStackText } from "./stacks";
import type { Call, FunctionError, LogLine } from "./types";

export type ActionOutcome = ActionResult | { kind: "stopped"; error: FunctionError };

export class ActionCall {
  readonly call: Call;
  readonly script: LinkedScript;
  readonly logs: LogBuffer;
  readonly outcome: Promise<ActionOutcome>;
  settle: (outcome: ActionOutcome) => void = () => undefined;
  #onPiece: (piece: BodyPiece) => void = () => undefined;
  /** The end of the body, once its thread has ended: none will come from there. */
  #lastPiece: BodyPiece | null = null;

  constructor(call: Call, script: LinkedScript, onLog?: (line: LogLine) => void) {
    this.call = call;
    this.script = script;
    this.logs = new LogBuffer(onLog);
    this.outcome = new Promise((resolve) => (this.settle = resolve));
  }

  /** Ends the action from outside, unless it has ended. What it has begun to respond goes on. */
  stop(error: FunctionError): void {
    this.settle({ kind: "stopped", error });
  }

  /** Its thread has ended. */
  abandon(error: FunctionError): void {
    this.stop(error);
    this.#lastPiece = { kind: "failed", message: error.message };
    this.takePiece(this.#lastPiece);
  }

  /** Who gets the pieces of the response's body from now on. */
  listen(onPiece: (piece: BodyPiece) => void): void {
    this.#onPiece = onPiece;
    if (this.#lastPiece !== null) onPiece(this.#lastPiece);
  }

  takePiece(piece: BodyPiece): void {
    this.#onPiece(piece);
  }

  log(level: LogLevel, texts: string[]): void {
    if (this.logs.isFull) return;
    this.logs.add(
      level,
      texts.map((text) => mapStackText(text, this.script)),
    );
  }
}
