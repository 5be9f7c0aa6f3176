import { Script } from "node:vm";
import type { LinkedScript } from "../deploy/types";

/** A deployment's code, ready to run in any realm of this thread. */
export function compileLinked(script: Pick<LinkedScript, "source" | "filename">): Script {
  return new Script(script.source, { filename: script.filename });
}
