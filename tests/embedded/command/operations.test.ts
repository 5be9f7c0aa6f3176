/** What an operator relies on: events, what they keep to themselves, health, addresses, the admin key. */
import { appendFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command";
import { api } from "../clients/api";
import { httpClient } from "../clients/connections";
import { projectCopy, temporaryFolder } from "../clients/projectCopy";

const FREE_PORTS = ["--port", "0", "--site-port", "0"];
const empty = { AUTH_PROVIDERS: "[]" };

function embedded(...args: string[]) {
  const command = runCommand("src/embedded/main.ts", args);
  onTestFinished(async () => void (await command.end("SIGKILL")));
  return command;
}

type Ready = Record<"apiUrl" | "siteUrl" | "adminKey", string>;
const ready = async (command: ReturnType<typeof embedded>) =>
  JSON.parse(await command.firstLine()) as Ready;

const eventsOf = (command: ReturnType<typeof embedded>) =>
  command
    .stderr()
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("events", () => {
  test("are one line of JSON each, with what happened and never what was sent", async () => {
    const project = await projectCopy({ ...empty, SECRET_TOKEN: "sesame-variable" });
    const json = ["--json", "--log-format", "json"];
    const command = embedded("--project", project, ...json, ...FREE_PORTS);
    const { apiUrl, adminKey } = await ready(command);
    const http = httpClient({ apiUrl });
    await http.mutation(api.messages.send, { channel: "sesame-argument", body: "sesame-body" });
    await http.mutation(api.messages.sendAndFail, { channel: "sesame-argument" }).catch(() => {});
    const wrong = { channel: "sesame-argument", body: { nested: "sesame-nested" } } as never;
    await http.mutation(api.messages.send, wrong).catch(() => {});
    await appendFile(join(project, "convex/counters.ts"), "\n");
    expect(await command.end("SIGTERM")).toMatchObject({ code: 0 });

    const events = eventsOf(command);
    expect(events.map(({ level, event }) => `${String(level)} ${String(event)}`)).toEqual([
      "info pushed",
      "info serving",
      "warn function failed",
      "warn function failed",
      "info ending",
      "info ended",
    ]);
    const [, serving, failed, invalid] = events;
    expect(serving).toMatchObject({ apiUrl, pid: command.process.pid });
    expect(failed).toMatchObject({ kind: "mutation", path: "messages:sendAndFail" });
    expect(failed!["error"]).toMatch(/^Uncaught ConvexError/);
    expect(invalid!["error"]).toMatch(/^ArgumentValidationError/);
    for (const { time } of events) expect(new Date(String(time)).getTime()).toBeGreaterThan(0);
    const printed = command.stderr() + command.stdout().split("\n").slice(1).join("\n");
    expect(printed).not.toContain("sesame");
    expect(printed).not.toContain(adminKey.split("|")[1]);
  });

  test("--log-level leaves out what is less important, and shows more", async () => {
    const project = await projectCopy(empty);
    const run = async (level: string) => {
      const flags = ["--json", "--log-format", "json", "--log-level", level, ...FREE_PORTS];
      const command = embedded("--project", project, ...flags);
      const http = httpClient(await ready(command));
      await http.query(api.counters.get, { name: "n" });
      await http.query(api.messages.failing).catch(() => {});
      await command.end("SIGTERM");
      return eventsOf(command).map(({ event }) => event);
    };
    expect(await run("warn")).toEqual(["function failed"]);
    expect(await run("debug")).toContain("function");
  });

  test("a push that fails is an event, too", async () => {
    const project = await projectCopy(empty);
    await appendFile(join(project, "convex/counters.ts"), "\nexport const x = ;\n");
    const command = embedded("--project", project, "--log-format", "json", ...FREE_PORTS);
    expect(await command.ended).toMatchObject({ code: 1 });
    expect(eventsOf(command).map(({ event, message }) => [event, message])).toEqual([
      ["fault", expect.stringMatching(/^The push failed.*\n.*counters\.ts/)],
      ["fault", expect.stringMatching(/^Error: There is nothing to serve/)],
    ]);
  });
});

describe("addresses", () => {
  test("only this machine can reach it unless --host says otherwise, which is warned of", async () => {
    const project = await projectCopy(empty);
    const closed = embedded("--project", project, "--json", ...FREE_PORTS);
    expect((await ready(closed)).apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
    await closed.end("SIGTERM");
    expect(closed.stderr()).toBe("");
    const open = embedded("--project", project, "--json", "--host", "0.0.0.0", ...FREE_PORTS);
    const { apiUrl } = await ready(open);
    expect((await fetch(`${apiUrl}/health`)).status).toBe(200);
    expect(open.stderr()).toMatch(/^Warning: with --host 0\.0\.0\.0 other machines can reach/);
  });

  test("an address of another machine is named", async () => {
    const project = await projectCopy(empty);
    const command = embedded("--project", project, "--host", "192.0.2.1", ...FREE_PORTS);
    expect(await command.ended).toMatchObject({ code: 1 });
    expect(command.stderr()).toMatch(/^Error: 192\.0\.2\.1 is no address of this machine.*--host/m);
  });

  test("are set for what was pushed last before anything of it runs", async () => {
    const project = await projectCopy(empty);
    const config = join(project, "convex/auth.config.ts");
    await writeFile(
      config,
      `const url = process.env.CONVEX_SITE_URL;
       if (!url) throw new Error("CONVEX_SITE_URL is not set");
       export default { providers: [{ domain: url, applicationID: "convex" }] };\n`,
    );
    const first = embedded("--project", project, "--json", ...FREE_PORTS);
    await ready(first);
    await first.end("SIGTERM");
    // The source is broken now, so that only what was stored can be served.
    await writeFile(config, "export default ;\n");
    const second = embedded("--project", project, "--json", ...FREE_PORTS);
    const { apiUrl } = await ready(second);
    expect(second.stderr()).not.toContain("cannot be served any more");
    expect(second.stderr()).not.toContain("is not set");
    expect(await httpClient({ apiUrl }).query(api.users.anyone)).toBe("anyone");
  });
});

describe("admin-key", () => {
  test("prints the key of a data folder, which only its owner can read", async () => {
    const project = await projectCopy(empty);
    const data = join(await temporaryFolder(), "data");
    const server = embedded("--project", project, "--data", data, "--json", ...FREE_PORTS);
    const { adminKey } = await ready(server);
    const command = embedded("admin-key", "--data", data);
    expect(await command.ended).toMatchObject({ code: 0 });
    expect(command.stdout()).toBe(`${adminKey}\n`);
    expect((await stat(join(data, "admin_key"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(data, "data.sqlite"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(data, "admin_key"), "utf8")).toBe(`${adminKey}\n`);
  });

  test("makes none where there is none", async () => {
    const folder = await temporaryFolder();
    const command = embedded("admin-key", "--data", folder);
    expect(await command.ended).toMatchObject({ code: 1 });
    expect(command.stderr()).toMatch(/^Error: There is no admin key in /);
    expect(command.stdout()).toBe("");
  });
});

test("--retention is a time with its unit", async () => {
  const command = embedded("--project", ".", "--retention", "5");
  expect(await command.ended).toMatchObject({ code: 2 });
  expect(command.stderr()).toMatch(/'--retention <time>'.*30s, 4m, 12h or 7d/);
});
