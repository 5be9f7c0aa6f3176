/** What a component offers to whoever uses it: its public functions, by the places of their modules. */
import { refusal } from "./definitions";
import type { AnalyzedFunction, ComponentExports, DefinitionSource } from "./types";

type Branch = Map<string, Branch | string>;

/**
 * The tree that `components.<name>` is: `books.list` for the function `list` of `books.ts`.
 *
 * @throws PushError - A function and a module would have the same place.
 */
export function exportsOf(
  source: DefinitionSource,
  functions: readonly AnalyzedFunction[],
): ComponentExports & { type: "branch" } {
  const root: Branch = new Map();
  for (const { modulePath, exportName, kind, visibility } of functions) {
    if (visibility !== "public" || kind === "httpAction") continue;
    let branch = root;
    const clash = () =>
      refusal(source, `Path ${modulePath}.js:${exportName} conflicts with existing export`);
    for (const part of modulePath.split("/")) {
      const next = branch.get(part) ?? (new Map() as Branch);
      if (typeof next === "string") throw clash();
      branch.set(part, next);
      branch = next;
    }
    if (branch.has(exportName)) throw clash();
    branch.set(exportName, `_reference/function/${modulePath}.js:${exportName}`);
  }
  return toExports(root);
}

function toExports(branch: Branch): ComponentExports & { type: "branch" } {
  return {
    type: "branch",
    branch: [...branch].map(([name, node]) => [
      name,
      typeof node === "string" ? { type: "leaf", leaf: node } : toExports(node),
    ]),
  };
}
