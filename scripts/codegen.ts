/**
 * `npm run codegen`: has Convex's CLI write `convex/_generated` for an embedded runtime that lives as long as
 * that takes. Run it in the project's folder.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openInstance } from "../src/embedded/instance";

/** What a push needs to be set; the generated code depends only on the names. */
const VARIABLES = { AUTH_PROVIDERS: "[]" };

const data = await mkdtemp(join(tmpdir(), "codegen-"));
const instance = await openInstance({ data, port: 0, sitePort: 0 });
try {
  await instance.runtime.setEnvironment(VARIABLES);
  const deployment = ["--url", instance.apiUrl, "--admin-key", instance.adminKey];
  const cli = spawn("convex", ["codegen", "--typecheck", "disable", ...deployment], {
    stdio: "inherit",
  });
  const [code] = (await once(cli, "exit")) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await instance.close();
  await rm(data, { recursive: true, force: true });
}
