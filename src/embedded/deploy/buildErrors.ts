/** esbuild's complaints as one `PushError` that names each file and line. */
import type { BuildFailure, Message } from "esbuild";
import type { JsonObject } from "../values/json";
import { PushError } from "./types";

const USE_NODE_HINT =
  'It looks like you are using Node APIs from a file without the "use node" directive.\n' +
  "Split out actions using Node.js APIs like this into a new file only containing actions that uses " +
  '"use node" so these actions will run in a Node.js environment.\n' +
  "For more information see https://docs.convex.dev/functions/runtimes#nodejs-runtime";

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

/** `locate` may replace a position in generated code by the one in the file it came from. */
export function toPushError(
  failure: BuildFailure,
  locate: (position: Position) => Position = (position) => position,
): PushError {
  const problems = failure.errors.map((message) => {
    const position = message.location === null ? null : locate(toPosition(message.location));
    return { position, text: message.text };
  });
  const lines = problems.map(({ position, text }) =>
    position === null ? text : `${position.file}:${position.line}:${position.column}: ${text}`,
  );
  if (failure.errors.some(isNodeBuiltin)) lines.push("", USE_NODE_HINT);

  const first = problems[0]?.position;
  const details: JsonObject = { errors: problems.map(({ text }) => text) };
  if (first) Object.assign(details, { file: first.file, line: first.line, column: first.column });
  return new PushError(lines.join("\n"), details);
}

/** Line and column count from 1. */
export type Position = { file: string; line: number; column: number };

function toPosition({ file, line, column }: NonNullable<Message["location"]>): Position {
  return { file, line, column: column + 1 };
}

function isNodeBuiltin(message: Message): boolean {
  return message.notes.some((note) => note.text.includes("trying to bundle for node"));
}
