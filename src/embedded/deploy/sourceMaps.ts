/** Positions in the code that runs, traced back to the files that people wrote. */
import { SourceMap } from "node:module";
import { posix } from "node:path";
import type { Position } from "./buildErrors";
import type { ModuleSource } from "./types";

type Payload = ConstructorParameters<typeof SourceMap>[0];

/** Looks up positions of one file. Reading a map takes long, so it is read when it is first needed. */
export class PositionMap {
  readonly #text: string | null;
  #map: SourceMap | null = null;

  /** `text` is a source map's JSON; null finds nothing. */
  constructor(text: string | null) {
    this.#text = text;
  }

  /** Where `line` and `column` (both from 1) came from, or null if that is not known. */
  find(line: number, column: number): Position | null {
    if (this.#text === null) return null;
    this.#map ??= new SourceMap(JSON.parse(this.#text) as Payload);
    const entry = this.#map.findEntry(line - 1, column - 1);
    if (!("originalSource" in entry) || !entry.originalSource) return null;
    return {
      file: entry.originalSource,
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  }
}

/**
 * The module's source map with one name for each file, wherever the module lies: bundlers name sources
 * relative to the output ("../../convex/queries/agents.ts" seen from "queries/agents.js"), here it is
 * always "../convex/queries/agents.ts". Null when the module has no map that can be read.
 */
export function normalizedSourceMap(module: ModuleSource): string | null {
  if (module.sourceMap === null) return null;
  try {
    const map = JSON.parse(module.sourceMap) as { sources: string[]; sourceRoot?: string };
    const folder = posix.dirname(module.path);
    const { sourceRoot, ...rest } = map;
    const sources = map.sources.map((source) =>
      posix.normalize(posix.join(folder, sourceRoot ?? "", source)),
    );
    return JSON.stringify({ ...rest, sources });
  } catch {
    // A broken map costs positions in stacks; it is no reason to refuse working code.
    return null;
  }
}
