/** The client as a package: taken by a program outside of this project, under plain Node.js, against a socket. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { writeClient } from "../../scripts/client";
import { supportBot, tenantWith } from "../convex/setup";
import { openSocket } from "./socket";

const run = promisify(execFile);

const PROGRAM = `
import { createClient, everyOf, RequestFailed } from "agentik-client";
declare const process: { argv: string[] };

const [, , url = "", apiKey = ""] = process.argv;
const agentik = createClient({ url, apiKey });
const names: string[] = [];
const read = (cursor: { cursor?: string }) =>
  agentik.GET("/agents", { params: { query: { limit: 1, ...cursor } } });
for await (const { name } of everyOf(read)) names.push(name);
const { error } = await agentik.GET("/agents/{agentId}", { params: { path: { agentId: "none" } } });
console.log(JSON.stringify({ names, kind: error?.kind, isClass: typeof RequestFailed }));
`;
/** What its types do not allow. */
const WRONG = PROGRAM.replace("limit: 1", 'limit: "many"').replace("agentId: ", "id: ");

/** A program's folder, with the package and what that depends on. */
async function program(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "client-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  await writeClient(join(modules, "agentik-client"));
  for (const name of ["openapi-fetch", "openapi-typescript-helpers"]) {
    symlinkSync(resolve("node_modules", name), join(modules, name));
  }
  return folder;
}

/** What the compiler says of it, written as JavaScript beside it. */
async function compiled(folder: string, text: string): Promise<string> {
  writeFileSync(join(folder, "program.mts"), text);
  const flags = ["--strict", "--module", "nodenext", "--target", "es2022"];
  const tsc = resolve("node_modules/typescript/bin/tsc6");
  const files = ["--lib", "es2023,dom", "program.mts"];
  const { stdout } = await run(process.execPath, [tsc, ...flags, ...files], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

test("is typed, and lists and fails as the API does", async () => {
  const folder = await program();
  expect(await compiled(folder, WRONG)).toMatch(/TS2322[^]*TS2353|TS2353[^]*TS2322/);
  expect(await compiled(folder, PROGRAM)).not.toContain("program.mts");

  const { t, siteUrl, close } = await openSocket();
  onTestFinished(close);
  const { as } = await tenantWith(t, { subject: "ann" });
  for (const name of ["One", "Two"]) {
    await as.mutation(api.mutations.agents.create, { ...supportBot(), name });
  }
  const scopes = ["agents:read" as const];
  const { key } = await as.action(api.actions.keys.create, { name: "Program", scopes });
  const { stdout } = await run(process.execPath, ["program.mjs", siteUrl, key], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual({
    names: ["Two", "One"],
    kind: "not_found",
    isClass: "function",
  });
}, 120_000);
