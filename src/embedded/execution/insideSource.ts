/** Our own code for other worlds than this one: compiled on its own and handed over as text. */
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const compiled = new Map<string, string>();

/** A script whose value is the exports of `inside/<name>.ts`, for a realm. */
export function realmScript(name: "transaction" | "action"): string {
  return compile(new URL(`./inside/${name}.ts`, import.meta.url), "realm");
}

/** The CommonJS source of `threads/<name>.ts`, for `new Worker(source, { eval: true })`. */
export function threadSource(name: "watchdog" | "actions"): string {
  return compile(new URL(`./threads/${name}.ts`, import.meta.url), "thread");
}

function compile(file: URL, target: "realm" | "thread"): string {
  const known = compiled.get(file.href);
  if (known !== undefined) return known;
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    target: "node20",
    ...(target === "thread"
      ? { platform: "node" as const, format: "cjs" as const }
      : { platform: "neutral" as const, format: "iife" as const, globalName: "inside" }),
  });
  const text = outputFiles[0]?.text ?? "";
  const source = target === "thread" ? text : `(() => { "use strict"; ${text}\nreturn inside; })()`;
  compiled.set(file.href, source);
  return source;
}
