/** Stack traces as Convex shows them: only the project's own files, at the lines people wrote. */
import { SCRIPT_SCHEME } from "../deploy/link";
import { PositionMap } from "../deploy/sourceMaps";
import type { LinkedScript } from "../deploy/types";

const maps = new WeakMap<LinkedScript, PositionMap>();

/** "    at async handler (convex:1f2e3d:120:7)", or without a name and parentheses. */
const FRAME = /^\s+at (?:(.*) \()?([^()\s]+):(\d+):(\d+)\)?$/;

/** The frames of `stack` that are the project's, one a line with four spaces: "    at handler (../convex/a.ts:1:2)". */
export function projectFrames(stack: string, script: LinkedScript | null): string[] {
  return stack.split("\n").flatMap((line) => mapFrame(line, script) ?? []);
}

/** A text that may contain a stack (a logged error), with the frames of linked code mapped or left out. */
export function mapStackText(text: string, script: LinkedScript | null): string {
  if (!text.includes(SCRIPT_SCHEME)) return text;
  return text
    .split("\n")
    .flatMap((line) => (FRAME.test(line) ? (mapFrame(line, script) ?? []) : [line]))
    .join("\n");
}

function mapFrame(line: string, script: LinkedScript | null): string | null {
  const [, name, file, lineNumber, column] = FRAME.exec(line) ?? [];
  if (script === null || file !== script.filename) return null;
  let map = maps.get(script);
  if (map === undefined) maps.set(script, (map = new PositionMap(script.sourceMap)));
  const position = map.find(Number(lineNumber), Number(column));
  if (position === null || isForeign(position.file)) return null;
  return `    at ${displayName(name)} (${position.file}:${position.line}:${position.column})`;
}

function isForeign(file: string): boolean {
  return file.includes("node_modules/") || file.includes("/_generated/") || !file.startsWith("..");
}

/** `Object.handler` is V8's name for a handler in an options object; module initialisers are named by path. */
function displayName(name: string | undefined): string {
  if (name === undefined || name === "" || name.endsWith(".js")) return "<anonymous>";
  return name.replace(/^(async )?Object\./, "$1");
}
