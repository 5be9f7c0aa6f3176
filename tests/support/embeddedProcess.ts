/** The embedded runtime as a process of its own, as `npm run embedded` starts it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";

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
}): Promise<EmbeddedProcess> {
  const args = ["--import", "tsx", "src/embedded/main.ts", "--json"];
  args.push("--port", String(options.port ?? 0), "--site-port", "0");
  args.push("--project", options.project, "--data", options.data);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });

  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`The embedded runtime ended with ${String(code)}: ${complaints}`);
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, "line"), exited])) as [string];
  exited.catch(() => {});

  return {
    ...Ready.parse(JSON.parse(line)),
    process: child,
    async kill() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
