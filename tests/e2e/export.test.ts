/** Taking everything along: the export command as a person runs it, against a server as a person runs that. */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { runCommand } from "../support/command";
import { startedFolder, startReady, userOf, type Ready } from "../support/startProcess";

type Line = { table: string; row: Record<string, unknown> & { _id: string } };

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "export-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function exported(
  { apiUrl }: Ready,
  { out, flags = [], ...variables }: { out: string; flags?: string[]; [name: string]: unknown },
) {
  const args = ["export", "--url", apiUrl, "--out", out, ...flags];
  const command = runCommand("src/cli/main.ts", args, variables as Record<string, string>);
  const { code } = await command.ended;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

async function linesOf(out: string): Promise<Line[]> {
  const text = await readFile(join(out, "export.ndjson"), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** Says something with a file, uploaded as a browser does, and waits until it is answered. */
async function sayWithFile(ready: Ready) {
  const user = userOf(ready);
  const { agentId } = ready;
  const url = await user.mutation(api.mutations.files.createUploadUrl, {});
  const headers = { "Content-Type": "text/plain" };
  const uploaded = await fetch(url, { method: "POST", headers, body: "the receipt" });
  const { storageId } = (await uploaded.json()) as { storageId: never };
  const attachments = [{ storageId, name: "../../receipt.txt" }];
  const message = { agentId, content: "What is this?", attachments };
  const sent = await user.mutation(api.mutations.messages.send, message);
  await expect
    .poll(async () => (await user.query(api.queries.runs.get, { runId: sent.runId })).state.kind, {
      timeout: 20_000,
    })
    .toBe("completed");
  return sent;
}

/** Until the sums have in them what was spent just now: a job does that, and would change what is exported. */
async function settled(ready: Ready): Promise<void> {
  const ofTallies = { table: "tallies", cursor: null };
  await expect
    .poll(() => userOf(ready).query(api.queries.exports.page, ofTallies), { timeout: 60_000 })
    .toMatchObject({ ndjson: "" });
}

test("a tenant and a session are exported with their files; what was stopped goes on, and nothing is lost or doubled", async () => {
  const { ready } = await startReady({ data: await startedFolder(), flags: ["--no-demo"] });
  const { sessionId, messageId } = await sayWithFile(ready);
  const [{ users, tenantId }] = ready.tenants;
  const { key: apiKey } = await userOf(ready).action(api.actions.keys.create, {
    name: "Export",
    scopes: ["tenant:export", "sessions:read"],
  });
  const key = { AGENTIK_API_KEY: apiKey };
  await settled(ready);

  const all = await folder();
  const first = await exported(ready, { out: all, ...key });
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const lines = await linesOf(all);
  expect(first.stdout).toContain(`${lines.length} rows and 1 files`);
  expect(lines[0]).toMatchObject({ table: "tenants", row: { _id: tenantId } });
  expect(lines.map(({ row }) => row._id)).toContain(messageId);
  expect(new Set(lines.map(({ row }) => row._id)).size).toBe(lines.length);
  const text = await readFile(join(all, "export.ndjson"), "utf8");
  expect(text).not.toMatch(/"(keyHash|tokenHash|credential|ciphertext|leaseToken)"/);
  const foreign = ready.tenants[1].tenantId;
  expect(text).not.toContain(foreign);
  const files = await readdir(join(all, "files"));
  const row = lines.find(({ table }) => table === "files");
  expect(files).toEqual([`${row?.row._id}.txt`]);
  expect(await readFile(join(all, "files", files[0]!), "utf8")).toBe("the receipt");

  // As a process leaves it that was killed within a page: lines that nobody vouches for, and half a file.
  const stopped = await folder();
  await cp(all, stopped, { recursive: true });
  const at = lines.findIndex(({ table }) => table === "files");
  const sure = text.split("\n").slice(0, at).join("\n") + "\n";
  const progress = JSON.parse(await readFile(join(stopped, "export.json"), "utf8")) as object;
  const rows: Record<string, number> = {};
  for (const { table } of lines.slice(0, at)) rows[table] = (rows[table] ?? 0) + 1;
  const halfway = {
    ...progress,
    next: { table: "files", cursor: null },
    isComplete: false,
    exportedAt: null,
    lineBytes: Buffer.byteLength(sure),
    rows,
    fileCount: 0,
    fileBytes: 0,
  };
  await writeFile(join(stopped, "export.json"), JSON.stringify(halfway));
  await writeFile(join(stopped, "files", files[0]!), "the rec");
  const token = { AGENTIK_TOKEN: users[0]!.token };
  expect(await exported(ready, { out: stopped, ...token })).toMatchObject({ code: 0 });
  // Line by line, so that a difference names its row.
  expect(await linesOf(stopped)).toEqual(lines);
  expect(await readFile(join(stopped, "export.ndjson"), "utf8")).toBe(text);
  expect(await readFile(join(stopped, "files", files[0]!), "utf8")).toBe("the receipt");
  const counts = async (out: string) => {
    const told = JSON.parse(await readFile(join(out, "export.json"), "utf8")) as object;
    return { ...told, exportedAt: null };
  };
  expect(await counts(stopped)).toEqual(await counts(all));

  const one = await folder();
  const flags = ["--session", sessionId];
  expect(await exported(ready, { out: one, flags, ...key })).toMatchObject({ code: 0 });
  const ofSession = await linesOf(one);
  expect([...new Set(ofSession.map(({ table }) => table))]).toEqual([
    "sessions",
    "messages",
    "runs",
    "run_steps",
    "files",
  ]);

  // What was spent, in a file that adds up.
  const spent = join(await folder(), "costs.ndjson");
  const costs = async (variables: Record<string, string>) => {
    const args = ["costs", "--site-url", ready.siteUrl, "--out", spent, "--period", "month"];
    const command = runCommand("src/cli/main.ts", [...args, "--format", "ndjson"], variables);
    return { ...(await command.ended), stderr: command.stderr() };
  };
  const keyless = await costs(key);
  expect(keyless).toMatchObject({ code: 1 });
  expect(keyless.stderr).toContain("costs:read");
  expect(await costs(token)).toMatchObject({ code: 0, stderr: "" });
  const calls = (await readFile(spent, "utf8")).trim().split("\n");
  const { exact } = await userOf(ready).query(api.queries.costs.summary, {});
  const total = calls.reduce(
    (sum, line) => sum + BigInt((JSON.parse(line) as { totalCostPico: string }).totalCostPico),
    0n,
  );
  expect(String(total)).toBe(exact.month.costPico);
  expect(calls).toHaveLength(exact.month.costEvents);

  // What cannot be done is said in one line, and writes nothing over what is there.
  const refused = async (options: Parameters<typeof exported>[1]) => {
    const { code, stdout, stderr } = await exported(ready, options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    return stderr;
  };
  const unknown = { AGENTIK_API_KEY: `${apiKey.slice(0, -1)}_` };
  const [complete, nobody, stranger, elsewhere] = await Promise.all([
    refused({ out: all, ...key }),
    refused({ out: await folder() }),
    refused({ out: await folder(), ...unknown }),
    refused({ out: await folder(), flags: ["--tenant", foreign], ...key }),
  ]);
  expect(complete).toContain("complete export already");
  expect(nobody).toContain("AGENTIK_API_KEY");
  expect(stranger).toContain("unauthenticated");
  expect(elsewhere).toContain("not_found");
});
