/** `npm run embedded` as a process: what it prints, how it ends, what it serves. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { api } from "../clients/api";
import { httpClient } from "../clients/connections";
import { projectCopy, temporaryFolder } from "../clients/projectCopy";

const FREE_PORTS = ["--port", "0", "--site-port", "0"];

function start(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", "src/embedded/main.ts", ...args]);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
  const exit = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    output,
    exit,
    signal: (name: NodeJS.Signals) => void child.kill(name),
    /** What `--json` prints. */
    ready: async () => {
      await expect.poll(() => output.stdout, { timeout: 20_000 }).toContain("\n");
      const ready = JSON.parse(output.stdout) as Record<"apiUrl" | "siteUrl" | "adminKey", string>;
      return { ...ready, http: httpClient(ready) };
    },
  };
}

/** Expects an end with `code` and one line on stderr. */
async function expectRefusal(run: ReturnType<typeof start>, code: number, line: RegExp) {
  expect(await run.exit).toBe(code);
  expect(run.output.stderr.trim()).toMatch(line);
  expect(run.output.stderr.trim().split("\n")).toHaveLength(1);
  expect(run.output.stdout).toBe("");
}

const empty = { AUTH_PROVIDERS: "[]" };

describe("serving", () => {
  test("--occ-window judges conflicts and reports them at the end", async () => {
    const project = await projectCopy(empty);
    const run = start("--project", project, "--occ-window", "10000", ...FREE_PORTS);
    await expect.poll(() => run.output.stdout, { timeout: 20_000 }).toContain("Ctrl+C");
    const [, apiUrl = ""] = /API +(\S+)/.exec(run.output.stdout) ?? [];
    const clients = [httpClient({ apiUrl }), httpClient({ apiUrl })];
    await Promise.all(
      clients.map((client) => client.mutation(api.counters.increment, { name: "hot" })),
    );
    run.signal("SIGTERM");
    expect(await run.exit).toBe(0);
    expect(run.output.stdout).toMatch(/1 conflict in 3 commits of mutations/);
    expect(run.output.stdout).toMatch(/documentsWritten: 1 of 16000 \(0\.0 %\) in counters/);
    expect(run.output.stdout).toMatch(/1 × counters:increment read counters\.\w+: .*"hot"/);
  });

  test("--json prints one line, signals end it well, and everything is there again after a restart", async () => {
    const project = await projectCopy(empty);
    const first = start("--project", project, "--json", ...FREE_PORTS);
    const { http, siteUrl, adminKey } = await first.ready();
    await http.mutation(api.messages.send, { channel: "a", body: "kept" });
    expect((await fetch(`${siteUrl}/ticks?count=1`)).status).toBe(200);
    first.signal("SIGTERM");
    expect(await first.exit).toBe(0);
    expect(first.output.stdout.split("\n")).toHaveLength(2);
    expect(first.output.stderr).toBe("");

    expect(await readdir(join(project, ".convex-embedded"))).toContain("admin_key");
    const second = start("--project", project, "--json", ...FREE_PORTS);
    const again = await second.ready();
    expect(again.adminKey).toBe(adminKey);
    expect(await again.http.query(api.messages.list, { channel: "a" })).toEqual(["kept"]);
    second.signal("SIGINT");
    expect(await second.exit).toBe(0);
  });

  test("without --json a person is told where it is, and what functions log; the key is not shown", async () => {
    const project = await projectCopy(empty);
    const run = start("--project", project, ...FREE_PORTS);
    await expect.poll(() => run.output.stdout, { timeout: 20_000 }).toContain("Ctrl+C");
    const [apiUrl = ""] = /http:\/\/\S+/.exec(run.output.stdout) ?? [];
    const http = httpClient({ apiUrl });
    await http.mutation(api.messages.sendAndFail, { channel: "a" }).catch(() => {});
    await expect
      .poll(() => run.output.stdout)
      .toContain("[CONVEX M(messages:sendAndFail)] [LOG] 'about to fail in' 'a'");
    const [name, secret] = (await readFile(join(project, ".convex-embedded/admin_key"), "utf8"))
      .trim()
      .split("|");
    expect(name).toBe("embedded");
    expect(run.output.stdout + run.output.stderr).not.toContain(secret);
    run.signal("SIGINT");
    expect(await run.exit).toBe(0);
  });

  test("a signal lets what runs end", async () => {
    const project = await projectCopy(empty);
    const run = start("--project", project, "--json", ...FREE_PORTS);
    const { http } = await run.ready();
    const action = http.action(api.messages.relay, { channel: "a", body: "late", delayMs: 500 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    run.signal("SIGTERM");
    expect(await action).toMatch(/^[0-9a-z]+$/);
    expect(await run.exit).toBe(0);
  });
});

describe("variables", () => {
  test(".env.local sets what is not set yet, without what is the CLI's", async () => {
    const project = await projectCopy({ ...empty, GREETING: "hello # there" });
    await appendFile(join(project, ".env.local"), 'CONVEX_DEPLOYMENT="dev:x" # team\n');
    const first = start("--project", project, "--json", ...FREE_PORTS);
    const { apiUrl, adminKey } = await first.ready();
    const headers = { Authorization: `Convex ${adminKey}` };
    const list = async (url: string) =>
      (await (await fetch(`${url}/api/list_environment_variables`, { headers })).json()) as object;
    expect(await list(apiUrl)).toEqual({
      environmentVariables: { AUTH_PROVIDERS: "[]", GREETING: "hello # there" },
    });
    await fetch(`${apiUrl}/api/update_environment_variables`, {
      method: "POST",
      headers,
      body: JSON.stringify({ changes: [{ name: "GREETING", value: "changed" }] }),
    });
    first.signal("SIGTERM");
    await first.exit;
    await writeFile(join(project, ".env.local"), "GREETING=ignored\nMORE=1\n");
    const second = start("--project", project, "--json", ...FREE_PORTS);
    expect(await list((await second.ready()).apiUrl)).toEqual({
      environmentVariables: { AUTH_PROVIDERS: "[]", GREETING: "changed", MORE: "1" },
    });
  });
});

describe("pushing", () => {
  test("a broken source is told, and the last good push keeps being served", async () => {
    const project = await projectCopy(empty);
    const first = start("--project", project, "--json", ...FREE_PORTS);
    await (await first.ready()).http.mutation(api.counters.increment, { name: "n" });
    first.signal("SIGTERM");
    await first.exit;
    await appendFile(join(project, "convex/counters.ts"), "\nexport const x = ;\n");
    const second = start("--project", project, "--json", ...FREE_PORTS);
    const { http } = await second.ready();
    expect(second.output.stderr).toMatch(/^The push failed.*\n.*counters\.ts:\d+/);
    expect(await http.query(api.counters.get, { name: "n" })).toBe(1n);
  });

  test("a broken source with nothing served before ends with 1", async () => {
    const project = await projectCopy(empty);
    await appendFile(join(project, "convex/counters.ts"), "\nexport const x = ;\n");
    const run = start("--project", project, "--json", ...FREE_PORTS);
    expect(await run.exit).toBe(1);
    expect(run.output.stderr).toMatch(
      /counters\.ts:\d+.*\n(.*\n)*Error: There is nothing to serve/,
    );
    expect(run.output.stdout).toBe("");
  });

  test("--watch pushes what changes, through mistakes and new files", async () => {
    const project = await projectCopy(empty);
    const file = join(project, "convex/users.ts");
    const source = await readFile(file, "utf8");
    await writeFile(file, `${source}\nexport const x = ;\n`);
    const run = start("--project", project, "--json", "--watch", ...FREE_PORTS);
    const { http } = await run.ready();
    expect(run.output.stderr).toMatch(/users\.ts:\d+/);
    const anyone = () => http.query(api.users.anyone).catch(() => "failed");
    expect(await anyone()).toBe("failed");
    await writeFile(file, source);
    await expect.poll(anyone, { timeout: 10_000 }).toBe("anyone");

    await writeFile(join(project, "outside.ts"), 'export const word = "one";\n');
    const users = source.replace('"anyone"', "word");
    await writeFile(file, `import { word } from "../outside";\n${users}`);
    await expect.poll(anyone, { timeout: 10_000 }).toBe("one");
    await writeFile(join(project, "outside.ts"), 'export const word = "two";\n');
    await expect.poll(anyone, { timeout: 10_000 }).toBe("two");
    await rm(file);
    await expect.poll(anyone, { timeout: 10_000 }).toBe("failed");
    run.signal("SIGTERM");
    expect(await run.exit).toBe(0);
  });
});

describe("refusals", () => {
  test.each<[string[], RegExp]>([
    [[], /required option '--project <dir>' not specified/],
    [["--project", ".", "--occ-window", "20000"], /'--occ-window <ms>'.*0 to 10000/],
    [["--project", ".", "--port", "99999"], /'--port <number>'.*0 to 65535/],
    [["--project", ".", "--site-port", "x"], /'--site-port <number>'.*0 to 65535/],
    [["--project", ".", "--origin", "https://x.test/path"], /'--origin <url>'.*without a path/],
    [["--project", ".", "--nonsense"], /unknown option '--nonsense'/],
    [["--project", ".", "more"], /too many arguments/],
  ])("%o is a mistake: exit code 2", async (args, line) => {
    await expectRefusal(start(...args), 2, line);
  });

  test("--help explains, and is no mistake", async () => {
    const run = start("--help");
    expect(await run.exit).toBe(0);
    expect(run.output.stdout).toMatch(/--project <dir>.*\.convex-embedded.*\.env\.local.*CONVEX_/s);
  });

  test("a folder that is missing, or is no project, is named", async () => {
    const folder = await temporaryFolder();
    const missing = join(folder, "missing");
    await expectRefusal(start("--project", missing), 1, /^Error: There is no folder .*missing/);
    const run = start("--project", folder, ...FREE_PORTS);
    expect(await run.exit).toBe(1);
    expect(run.output.stderr).toMatch(/convex does not exist/);
  });

  test.each(["--port", "--site-port"])("a busy %s is named with its option", async (flag) => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void busy.close());
    const { port } = busy.address() as AddressInfo;
    const project = await projectCopy(empty);
    const run = start("--project", project, ...FREE_PORTS, flag, String(port));
    await expectRefusal(run, 1, new RegExp(`^Error: Port ${port} is in use.* with ${flag}\\.$`));
  });

  test("a data folder that another process owns is left alone", async () => {
    const project = await projectCopy(empty);
    const first = start("--project", project, "--json", ...FREE_PORTS);
    const { http } = await first.ready();
    const second = start("--project", project, "--json", ...FREE_PORTS);
    await expectRefusal(second, 1, /^Error: .*\.convex-embedded/);
    expect(await http.query(api.counters.get, { name: "n" })).toBe(0n);
  });

  test("a damaged database is named and left as it is", async () => {
    const project = await projectCopy(empty);
    const data = await temporaryFolder();
    const args = ["--project", project, "--data", data, "--json", ...FREE_PORTS];
    const first = start(...args);
    await first.ready();
    first.signal("SIGKILL");
    await first.exit;
    const files = (await readdir(data)).filter((name) => /sqlite|\.db/.test(name));
    for (const name of files) await writeFile(join(data, name), "no database, surely");
    await expectRefusal(start(...args), 1, new RegExp(`^Error: .*${data}`));
    expect(await readFile(join(data, files[0]!), "utf8")).toBe("no database, surely");
  });
});
