/** What Convex's bundler does beyond plain esbuild, as esbuild plugins. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Plugin } from "esbuild";

/** The `async_hooks` of the default runtime: Convex has its two classes as globals. */
export const asyncHooksPlugin: Plugin = {
  name: "async-hooks-globals",
  setup(build) {
    build.onResolve({ filter: /^(node:)?async_hooks$/ }, ({ path }) => ({
      path,
      namespace: "async-hooks-globals",
    }));
    build.onLoad({ filter: /.*/, namespace: "async-hooks-globals" }, () => ({
      contents:
        "export const { AsyncLocalStorage, AsyncResource } = globalThis;\n" +
        "export default { AsyncLocalStorage, AsyncResource };",
    }));
  },
};

/** `import "server-only"` (a Next.js marker) is true of everything here. */
export const serverOnlyPlugin: Plugin = {
  name: "server-only",
  setup(build) {
    build.onResolve({ filter: /^server-only$/ }, ({ path }) => ({
      path,
      namespace: "server-only",
    }));
    build.onLoad({ filter: /.*/, namespace: "server-only" }, () => ({ contents: "" }));
  },
};

/** `import module from "./x.wasm"` gives a compiled `WebAssembly.Module`. */
export const wasmPlugin: Plugin = {
  name: "wasm",
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path, namespace, resolveDir }) => {
      if (namespace === "wasm-module") return { path, namespace: "wasm-bytes" };
      return { path: isAbsolute(path) ? path : join(resolveDir, path), namespace: "wasm-module" };
    });
    build.onLoad({ filter: /.*/, namespace: "wasm-module" }, ({ path }) => ({
      contents: `import bytes from ${JSON.stringify(path)};\nexport default new WebAssembly.Module(bytes);`,
    }));
    build.onLoad({ filter: /.*/, namespace: "wasm-bytes" }, async ({ path }) => ({
      contents: await readFile(path),
      loader: "binary",
    }));
  },
};

/**
 * Leaves the packages that `convex.json` lists out of the bundles of "use node" modules. They are named
 * by the path of their file, since the bundle runs from no folder in particular.
 */
export function externalPackagesPlugin(names: readonly string[]): Plugin {
  const isExternal = (name: string) =>
    name !== "convex" && (names.includes("*") || names.includes(name));
  return {
    name: "external-packages",
    setup(build) {
      if (names.length === 0) return;
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        const name = args.path.split("/", args.path.startsWith("@") ? 2 : 1).join("/");
        if (args.pluginData === RESOLVING || args.kind === "entry-point" || !isExternal(name)) {
          return undefined;
        }
        const found = await build.resolve(args.path, {
          // As `require` would find it, for that is how the package will be loaded.
          kind: "require-call",
          resolveDir: args.resolveDir,
          importer: args.importer,
          pluginData: RESOLVING,
        });
        if (found.errors.length > 0 || !isAbsolute(found.path)) return undefined;
        return { path: found.path, external: true };
      });
    },
  };
}

const RESOLVING = Symbol("resolving");
