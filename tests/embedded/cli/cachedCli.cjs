/**
 * Convex's CLI, unchanged, with its compiled code kept from the first start to the later ones: of half a second
 * that a start takes the processor, compiling the six megabytes is more than half.
 */
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const vm = require("node:vm");

const PACKAGE = join(__dirname, "../../../node_modules/convex");
const BUNDLE = join(PACKAGE, "dist/cli.bundle.cjs");
const { version } = require(join(PACKAGE, "package.json"));
const FOLDER = join(__dirname, "../../../test-results");
/** V8 refuses what another version of itself has written. */
const CACHE = join(FOLDER, `convexCli-${version}-${process.version}.cache`);

const cachedData = existsSync(CACHE) ? readFileSync(CACHE) : undefined;
const script = new vm.Script(Module.wrap(readFileSync(BUNDLE, "utf8")), {
  filename: BUNDLE,
  cachedData,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (cachedData === undefined || script.cachedDataRejected) {
  process.on("exit", () => {
    mkdirSync(FOLDER, { recursive: true });
    const whole = `${CACHE}.${process.pid}`;
    writeFileSync(whole, script.createCachedData());
    renameSync(whole, CACHE);
  });
}
const main = new Module(BUNDLE);
main.filename = BUNDLE;
main.paths = Module._nodeModulePaths(dirname(BUNDLE));
const require_ = Module.createRequire(BUNDLE);
script.runInThisContext().call(main.exports, main.exports, require_, main, BUNDLE, dirname(BUNDLE));
