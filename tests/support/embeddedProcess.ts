/** The embedded runtime as a process of its own, as `npm run embedded` starts it. */
import type { ChildProcess } from "node:child_process";
import { z } from "zod";
import { runCommand } from "./command";

const Ready = z.object({ apiUrl: z.string(), siteUrl: z.string(), adminKey: z.string() });

export type EmbeddedProcess = z.infer<typeof Ready> & {
  process: ChildProcess;
  /** SIGKILL: nothing gets to clean up. */
  kill(): Promise<void>;
};

export async function startEmbedded(options: {
  project: string;
  data: string;
  /** Any free one by default. */
  port?: number;
  sitePort?: number;
  /** More of the command line. */
  flags?: readonly string[];
  variables?: Readonly<Record<string, string>>;
}): Promise<EmbeddedProcess> {
  const args = ["--json", "--port", String(options.port ?? 0)];
  args.push("--site-port", String(options.sitePort ?? 0));
  args.push("--project", options.project, "--data", options.data);
  args.push(...(options.flags ?? []));
  const command = runCommand("src/embedded/main.ts", args, options.variables);
  return {
    ...Ready.parse(JSON.parse(await command.firstLine())),
    process: command.process,
    async kill() {
      await command.end("SIGKILL");
    },
  };
}
