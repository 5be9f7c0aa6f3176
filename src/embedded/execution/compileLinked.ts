import { Script } from "node:vm";
import type { LinkedScript } from "../deploy/types";

type Source = Pick<LinkedScript, "source" | "filename">;

/** V8 keeps with a script what it has compiled of it, for all realms that it runs in. */
const compiled = new WeakMap<Source, Script>();

/** A deployment's code, ready to run in any realm of this thread. */
export function compileLinked(linked: Source): Script {
  let script = compiled.get(linked);
  if (script === undefined) {
    script = new Script(linked.source, { filename: linked.filename });
    compiled.set(linked, script);
  }
  return script;
}
