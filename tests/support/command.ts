/** A command of ours as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Variables of the one who runs the tests that would change what the commands do. */
const NOT_INHERITED = /^(ANTHROPIC|OPENAI|CONVEX|AGENTIK)_/;

/** Flags of `npm start`: whichever ports are free. */
export const FREE_PORTS = ["--port", "0", "--site-port", "0", "--dashboard-port", "0"] as const;

export type Ending = { code: number | null; signal: NodeJS.Signals | null };

export type RunningCommand = {
  process: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** @throws Error - It ended without a line; the message has what it complained of. */
  firstLine(): Promise<string>;
  ended: Promise<Ending>;
  /** Sends the signal and waits for the end. With SIGKILL nothing gets to clean up. */
  end(signal: NodeJS.Signals): Promise<Ending>;
};

/** Compiled by `compiledCommands.ts`, or else from its source. */
function nodeArguments(script: string): string[] {
  const folder = process.env["COMPILED_COMMANDS"];
  if (folder === undefined) return ["--import", "tsx", script];
  return [join(folder, script.replace(/\.ts$/, ".js"))];
}

export function runCommand(
  script: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): RunningCommand {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const child = spawn(process.execPath, [...nodeArguments(script), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // Node's own warnings, of a built-in that is experimental, say nothing about the command.
    env: { ...Object.fromEntries(inherited), NODE_NO_WARNINGS: "1", ...variables },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  // "close" comes after the last output, "exit" may come before it.
  const ended = once(child, "close").then(
    ([code, signal]) => ({ code, signal }) as unknown as Ending,
  );
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    async firstLine() {
      const gone = ended.then(({ code }) => {
        if (stdout.includes("\n")) return;
        throw new Error(`${script} ended with ${String(code)}: ${stderr}`);
      });
      while (!stdout.includes("\n")) await Promise.race([once(child.stdout, "data"), gone]);
      return stdout.slice(0, stdout.indexOf("\n"));
    },
    ended,
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
  };
}
