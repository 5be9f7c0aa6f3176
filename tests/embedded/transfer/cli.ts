/** The real `npx convex`, against a server process, from a folder of its own. */
import { execFile } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ConvexHttpClient } from "convex/browser";
import { onTestFinished } from "vitest";
import { type EmbeddedProcess, startEmbedded } from "../../support/embeddedProcess";
import { temporaryFolder } from "../clients/projectCopy";

const BIN = resolve("node_modules/convex/bin/main.js");
const run = promisify(execFile);

export type Deployment = EmbeddedProcess & {
  admin: ConvexHttpClient;
  folder: string;
  data: string;
  /** What the command printed, colours aside. Its code is 0, or as given. */
  convex(args: readonly string[], code?: number): Promise<string>;
};

/** A project on a server process with an empty data folder. */
export async function deploy(
  project: string,
  { data }: { data?: string } = {},
): Promise<Deployment> {
  const folder = await temporaryFolder();
  const manifest = { name: "elsewhere", private: true, dependencies: { convex: "*" } };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  const dataFolder = data ?? join(folder, "data");
  const server = await startEmbedded({ project: resolve(project), data: dataFolder });
  onTestFinished(() => server.kill());
  const { apiUrl, adminKey } = server;
  const admin = new ConvexHttpClient(apiUrl, { logger: false });
  (admin as unknown as { setAdminAuth(key: string): void }).setAdminAuth(adminKey);
  return {
    ...server,
    admin,
    folder,
    data: dataFolder,
    async convex(args, code = 0) {
      const target = ["--url", apiUrl, "--admin-key", adminKey];
      const env = { ...withoutConvex(process.env), FORCE_COLOR: "0", CI: "1" };
      const ended = await run(process.execPath, [BIN, ...args, ...target], {
        cwd: folder,
        env,
      }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
      const printed = ended.stdout + ended.stderr;
      if (ended.code !== code)
        throw new Error(`convex ${args.join(" ")}: ${ended.code}\n${printed}`);
      return printed;
    },
  };
}

function withoutConvex(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !name.startsWith("CONVEX_")),
  );
}
