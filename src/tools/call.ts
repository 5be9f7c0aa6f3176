/** One call of a tool, from what the model wrote to what it is told. */
import { Validator } from "@cfworker/json-schema";
import { NOT_KNOWN, ToolFailure, type Tool, type ToolContext } from "./tool";

/** The most that a model is told of a result, notes on what was left out included: some 5,000 tokens. */
export const RESULT_CHARS_MAX = 20_000;
const ARGUMENTS_CHARS_MAX = 100_000;
/** Room for the note. */
const NOTE_CHARS_MAX = 80;

export type ToolResult = Readonly<{ text: string; isError: boolean }>;

/**
 * Checks the arguments, runs the tool within its time and the context's signal, and bounds what it says.
 *
 * Never throws: what the model can act on (arguments that do not fit, `ToolFailure`, time that is up) is told as it
 * is. Of anything else it learns only that it happened, because the words may hold what it must not see.
 */
export async function callTool(
  tool: Tool,
  argumentsJson: string,
  context: ToolContext,
): Promise<ToolResult> {
  try {
    const args = checkedArguments(tool, argumentsJson);
    const text = await runInTime(tool, args, context);
    return { text: bounded(text, context.resultCharsMax), isError: false };
  } catch (error) {
    if (error instanceof ToolFailure) {
      return { text: bounded(error.message, RESULT_CHARS_MAX), isError: true };
    }
    console.error(`The tool ${tool.name} has a bug: ${whereOf(error)}`);
    return { text: `The tool ${tool.name} failed for a reason of its own.`, isError: true };
  }
}

/** What is wrong with the arguments of a call, as the model would be told; null: nothing. */
export function problemWith(tool: Tool, argumentsJson: string): string | null {
  try {
    checkedArguments(tool, argumentsJson);
    return null;
  } catch (error) {
    if (error instanceof ToolFailure) return error.message;
    throw error;
  }
}

function checkedArguments(tool: Tool, json: string): Readonly<Record<string, unknown>> {
  if (json.length > ARGUMENTS_CHARS_MAX) {
    const most = `at most ${ARGUMENTS_CHARS_MAX} are allowed`;
    throw new ToolFailure(`The arguments have ${json.length} characters; ${most}.`);
  }
  const args = parsed(json);
  const validator = new Validator(structuredClone(tool.inputSchema), "2020-12"); // it marks what it is given
  const problem = validator.validate(args).errors.at(-1); // the innermost stands last
  if (problem === undefined) return args;
  const reason = problem.keyword === "false" ? "there is no such argument." : problem.error;
  const where = problem.instanceLocation.slice("#".length);
  throw new ToolFailure(
    `The arguments do not fit the tool's schema${where && ` at ${where}`}: ${reason}`,
  );
}

/** Some providers send nothing where there are no arguments. */
function parsed(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = json.trim() === "" ? {} : JSON.parse(json);
  } catch {
    throw new ToolFailure("The arguments are no JSON.");
  }
  if (!isObject(value)) throw new ToolFailure("The arguments must be a JSON object.");
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function runInTime(
  tool: Tool,
  args: Readonly<Record<string, unknown>>,
  context: ToolContext,
): Promise<string> {
  if (context.signal.aborted) throw new ToolFailure("The call was cancelled before it began.");
  const unsure = tool.toolClass === "effect" ? ` ${NOT_KNOWN}` : "";
  const cancelled = new ToolFailure(`The call was cancelled.${unsure}`);
  const limit = new AbortController();
  const cancel = () => limit.abort(cancelled);
  const expire = () =>
    limit.abort(new ToolFailure(`The tool took longer than its ${tool.timeoutMs} ms.${unsure}`));
  context.signal.addEventListener("abort", cancel);
  const timer = setTimeout(expire, tool.timeoutMs);
  // Heard before the tool hears of it, so that the reason is told in these words. A tool that does not listen is
  // left behind; what it still does, nobody hears of.
  const stopped = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener("abort", () => reject(limit.signal.reason));
  });
  try {
    return await Promise.race([stopped, tool.run(args, { ...context, signal: limit.signal })]);
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener("abort", cancel);
  }
}

/** Within the limit, and without halves of characters, which neither databases nor providers take. */
function bounded(text: string, charsMax: number): string {
  const kept = text.length <= charsMax ? text : text.slice(0, charsMax - NOTE_CHARS_MAX);
  const leftOut = text.length - kept.length;
  const note = leftOut === 0 ? "" : `\n[${leftOut} more characters were left out]`;
  return kept.replace(/\p{Surrogate}/gu, "\u{FFFD}") + note;
}

/** The places of its stack without its message: that one may hold a secret. */
function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw a ${typeof error}`;
  const places = (error.stack ?? "").split("\n").filter((line) => /^ +at /.test(line));
  return [error.name, ...places].join("\n");
}
