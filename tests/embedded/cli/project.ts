/** A copy of the fixture project, served in this process, and Convex's real CLI run within it. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { openInstance, type Instance } from "../../../src/embedded/instance";

const FIXTURE = "tests/fixtures/projects/cli";
const CLI = resolve("tests/embedded/cli/cachedCli.cjs");
const ONLY_LOOPBACK = resolve("tests/embedded/cli/onlyLoopback.cjs");

export type Finished = {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Other machines that it wanted to reach, each once. */
  strangers: string[];
};
/** A CLI process. Its output grows. */
export type Running = {
  readonly stdout: string;
  readonly stderr: string;
  readonly finished: Promise<Finished>;
  stop(): Promise<Finished>;
};
export type Project = Instance & {
  folder: string;
  path(name: string): string;
  read(name: string): Promise<string>;
  edit(name: string, change: (text: string) => string): Promise<void>;
  /** Runs the CLI to its end. */
  convex(...args: string[]): Promise<Finished>;
  /** Runs it without telling it where the deployment is. */
  plainConvex(...args: string[]): Promise<Finished>;
  start(...args: string[]): Running;
};

/** Anything that runs one CLI process, the temporary folder of a test. */
export async function projectFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "embedded-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(FIXTURE, folder, { recursive: true });
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  return folder;
}

/** @param folder - A project's; without one, a copy of the fixture. */
export async function serveProject(): Promise<Project> {
  const folder = await projectFolder();
  const instance = await openInstance({ data: join(folder, ".data"), port: 0, sitePort: 0 });
  onTestFinished(() => instance.close());
  await instance.runtime.deploy(await bundleProject(folder));
  const { apiUrl, adminKey } = instance;
  const path = (name: string) => join(folder, name);
  const credentials = ["--url", apiUrl, "--admin-key", adminKey];
  return {
    ...instance,
    folder,
    path,
    read: (name) => readFile(path(name), "utf8"),
    edit: async (name, change) =>
      await writeFile(path(name), change(await readFile(path(name), "utf8"))),
    convex: (...args) => startCli(folder, [...args, ...credentials]).finished,
    plainConvex: (...args) => startCli(folder, args).finished,
    start: (...args) => startCli(folder, [...args, ...credentials]),
  };
}

async function strangersIn(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return [...new Set(text.split("\n").filter(Boolean))];
}

export function startCli(folder: string, args: readonly string[]): Running {
  const strangersFile = join(folder, `.strangers-${randomUUID()}`);
  const child = spawn(process.execPath, ["--require", ONLY_LOOPBACK, CLI, ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      // Where the CLI looks for a login, and finds none.
      HOME: folder,
      NO_COLOR: "1",
      STRANGERS_FILE: strangersFile,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const finished = once(child, "close").then(async ([code]) => ({
    code: code as number | null,
    ...output,
    strangers: await strangersIn(strangersFile),
  }));
  const stop = () => {
    child.kill("SIGINT");
    return finished;
  };
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    finished,
    stop,
  };
}
