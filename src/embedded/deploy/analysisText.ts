/**
 * What analysing a push found, as text: a restart serves it without running the project's modules again, as Convex
 * does, which analyses a push once, with the environment of that moment.
 */
import { instantiate } from "./instances";
import type { AnalyzedDefinition, DefinitionPath, Deployment, Push } from "./types";

/** Raise it with any change to what `analyze` makes of the same push. */
const FORMAT = 1;

type Analysis = {
  format: number;
  version: string;
  /** Their sources are in the push. */
  definitions: [DefinitionPath, Omit<AnalyzedDefinition, "source">][];
};

export function toText({ version, definitions }: Deployment): string {
  const analysis: Analysis = {
    format: FORMAT,
    version,
    definitions: [...definitions].map(([path, { source: _inPush, ...found }]) => [path, found]),
  };
  return JSON.stringify(analysis);
}

/** @returns Null if another version of this runtime wrote it: the push is to be analysed anew. */
export function fromText(push: Push, text: string): Deployment | null {
  const { format, version, definitions: found } = JSON.parse(text) as Analysis;
  if (format !== FORMAT) return null;
  const sources = new Map(push.definitions.map((source) => [source.definitionPath, source]));
  const definitions = new Map<DefinitionPath, AnalyzedDefinition>();
  for (const [path, analyzed] of found) {
    const source = sources.get(path);
    if (source === undefined) return null;
    definitions.set(path, { source, ...analyzed });
  }
  return { version, definitions, components: instantiate(definitions) };
}
