/** `npx convex import`: what an export holds comes back as it was, and what is refused changes nothing. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { anyApi } from "convex/server";
import { describe, expect, test } from "vitest";
import { readText, readZip } from "../../../src/embedded/archive/zip";
import { startEmbedded } from "../../support/embeddedProcess";
import { deploy, type Deployment } from "./cli";

const PROJECT = "tests/fixtures/projects/conformance";
const OTHER_PROJECT = "tests/fixtures/projects/ledger";
const api = anyApi as Record<string, Record<string, never>>;
const fn = (module: string, name: string): never => api[module]![name]!;

/** Every entry of an export, documents in the order of their ids. */
async function contentOf(deployment: Deployment): Promise<Record<string, string[]>> {
  const path = join(deployment.folder, `export${Math.random()}.zip`);
  await deployment.convex(["export", "--path", path, "--include-file-storage"]);
  return await readZip(path, async (entries) => {
    const content: Record<string, string[]> = {};
    for (const entry of entries) {
      const lines = (await readText(entry)).split("\n").filter(Boolean);
      // Which tables there are besides is the project's own.
      if (lines.length > 0 && !/^_tables|generated_schema/.test(entry.name)) {
        content[entry.name] = lines.toSorted();
      }
    }
    return content;
  });
}

async function fill({ admin }: Deployment) {
  const values = [1, 1n, -0, NaN, 2n ** 62n, new Uint8Array([1, 2]).buffer, "1, 2.0", [3n, null]];
  await admin.mutation(fn("things", "put"), { value: { values } } as never);
  const parent = (await admin.mutation(fn("notes", "add"), {
    owner: "ann",
    title: "parent",
  } as never)) as string;
  const value = { owner: "bob", title: "child", parent };
  const child = (await admin.mutation(fn("notes", "insertRaw"), { value } as never)) as string;
  const more = { embedding: [1, 0, 0] };
  const article = { body: "the quick fox", shelf: "a", more };
  await admin.mutation(fn("articles", "add"), article as never);
  const bytes = new Uint8Array([0, 1, 2, 255]).buffer;
  const file = (await admin.action(fn("files", "store"), {
    bytes,
    type: "image/png",
  } as never)) as string;
  return { parent, child, file };
}

async function written(deployment: Deployment, name: string, text: string): Promise<string> {
  const path = join(deployment.folder, name);
  await writeFile(path, text);
  return path;
}

const titles = async ({ admin }: Deployment) =>
  (await admin.query(fn("notes", "all"), {} as never)) as string[];

/** The states of the imports, as JSON text. */
async function importsOf({ apiUrl, adminKey }: Deployment): Promise<string> {
  const headers = { Authorization: `Convex ${adminKey}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ path: "_system/cli/queryImport:list", args: {} });
  const reply = await fetch(`${apiUrl}/api/query`, { method: "POST", headers, body });
  return JSON.stringify(await reply.json());
}

describe("a snapshot", () => {
  test("comes back with ids, times, files and indexes, also where other tables have its numbers", async () => {
    const source = await deploy(PROJECT);
    const { parent, child, file } = await fill(source);
    const url = (await source.admin.query(fn("files", "url"), { id: file } as never)) as string;
    const content = await contentOf(source);
    const path = join(source.folder, "snapshot.zip");
    await source.convex(["export", "--path", path, "--include-file-storage"]);

    const target = await deploy(PROJECT);
    const printed = await target.convex(["import", path]);
    expect(printed).toContain("Import change summary:");
    expect(printed).toMatch(/notes +\| 2 +\| 0 of 0 +\|/);
    expect(printed).toContain("Added 5 documents");
    expect(await contentOf(target)).toEqual(content);

    const note = await target.admin.query(fn("notes", "get"), { id: child } as never);
    expect(note).toMatchObject({ _id: child, title: "child", parent });
    const found = await target.admin.query(fn("articles", "search"), { text: "qui" } as never);
    expect(found).toMatchObject([{ body: "the quick fox" }]);
    const read = await target.admin.action(fn("files", "read"), { id: file } as never);
    expect(read).toMatchObject({ type: "image/png", size: 4 });
    const download = await fetch(url.replace(source.apiUrl, target.apiUrl));
    expect([...new Uint8Array(await download.arrayBuffer())]).toEqual([0, 1, 2, 255]);

    // Its first table has the number that another has in the snapshot.
    const other = await deploy(OTHER_PROJECT);
    await other.convex(["import", path]);
    expect(await contentOf(other)).toEqual(content);
    const entry = { writer: "w", number: 1, payload: "x" };
    await other.admin.mutation(fn("entries", "append"), entry as never);
    expect(await contentOf(other)).toHaveProperty("entries/documents.jsonl");
  });

  test("replaces what is there only when told to, and then all of it", async () => {
    const deployment = await deploy(PROJECT);
    await fill(deployment);
    const path = join(deployment.folder, "snapshot.zip");
    await deployment.convex(["export", "--path", path, "--include-file-storage"]);
    const content = await contentOf(deployment);
    const later = { owner: "eve", title: "later" };
    await deployment.admin.mutation(fn("notes", "add"), later as never);

    expect(await deployment.convex(["import", path], 1)).toMatch(/Table \w+ already exists/);
    expect(await titles(deployment)).toContain("later");
    const printed = await deployment.convex(["import", "--replace", "--yes", path]);
    expect(printed).toMatch(/notes +\| 2 +\| 3 of 3 +\|/);
    expect(printed).toMatch(/_storage +\| 1 +\| 1 of 1 files +\|/);
    expect(await contentOf(deployment)).toEqual(content);
    // The bytes of the replaced file are gone, too.
    await expect
      .poll(async () => {
        const names = await readdir(join(deployment.data, "files"), { recursive: true });
        return names.filter((name) => /[0-9a-f-]{36}$/.test(name)).length;
      })
      .toBe(1);
  });
});

describe("rows for one table", () => {
  test("come from JSON lines, a JSON array or CSV, and get ids and times", async () => {
    const deployment = await deploy(PROJECT);
    const lines = '{"owner":"l","title":"one"}\n\n{"owner":"l","title":"two","rank":1}\n';
    const into = ["import", "--table", "notes"];
    await deployment.convex([...into, await written(deployment, "a.jsonl", lines)]);
    const array = await written(deployment, "b.json", '[{"owner":"a","title":"three"}]');
    await deployment.convex([...into, "--append", array]);
    const csv = await written(deployment, "c.csv", 'owner, title,rank\nc,"four, or five",4.5\n');
    const printed = await deployment.convex([...into, "--append", csv]);
    expect(printed).toContain('Added 1 documents to table "notes"');

    expect(await titles(deployment)).toEqual(["one", "two", "three", "four, or five"]);
    const content = await contentOf(deployment);
    const stored = content["notes/documents.jsonl"]?.join("\n");
    expect(stored).toContain('"rank":1.0');
    expect(stored).toContain('"rank":4.5');
  });

  test("are all refused for one that is wrong, which is named; the table stays as it was", async () => {
    const deployment = await deploy(PROJECT);
    const note = { owner: "ann", title: "before" };
    const id = await deployment.admin.mutation(fn("notes", "add"), note as never);
    const replace = async (text: string) =>
      await deployment.convex(
        [
          "import",
          "--table",
          "notes",
          "--replace",
          "--yes",
          await written(deployment, "x.jsonl", text),
        ],
        1,
      );
    const good = '{"owner":"x","title":"new"}\n';
    expect(await replace(`${good}{"owner":"x"}\n`)).toMatch(
      /Row 2 of table notes cannot be imported: .*missing the required field `title`/s,
    );
    expect(await replace(`${good}{"owner":`)).toContain("Row 2 wasn't valid JSON");
    expect(await replace(`${good}[1]`)).toContain("Row 2 wasn't an object");
    expect(await replace('{"_id":"nonsense","owner":"x","title":"y"}\n')).toContain('has an "_id"');
    const twice = JSON.stringify({ _id: id, owner: "x", title: "y" });
    expect(await replace(`${twice}\n${twice}\n`)).toContain("already");
    const zip = await written(deployment, "no.zip", "this is no archive");
    expect(await deployment.convex(["import", zip], 1)).toContain("Invalid zip file");
    expect(await titles(deployment)).toEqual(["before"]);
  });

  test("cannot take another table's number while documents refer to the table", async () => {
    const deployment = await deploy(PROJECT);
    const { admin } = deployment;
    const into = async (table: string, row: object, code = 0) =>
      await deployment.convex(
        ["import", "--table", table, await written(deployment, "row.jsonl", JSON.stringify(row))],
        code,
      );
    const note = { owner: "ann", title: "short-lived" };
    const id = (await admin.mutation(fn("notes", "add"), note as never)) as string;
    const thing = (await admin.mutation(fn("things", "put"), { value: 1 } as never)) as string;
    await admin.mutation(fn("notes", "remove"), { id } as never);
    await admin.mutation(fn("things", "remove"), { id: thing } as never);

    // Nobody refers to people yet, so they may have the number that notes had.
    await into("people", { _id: id, name: "Ann" });
    await into("visits", { person: id });
    const other = JSON.stringify({ _id: thing, name: "Bob" });
    const path = await written(deployment, "other.jsonl", other);
    const args = ["import", "--table", "people", "--replace", "--yes", path];
    expect(await deployment.convex(args, 1)).toContain(
      "Import changes table 'people' which is referenced by 'visits' in the schema",
    );
  });

  test("do not take the place of what is written while they come", async () => {
    const deployment = await deploy(PROJECT);
    const row = JSON.stringify({ owner: "many", title: "x".repeat(2_000) });
    const path = await written(deployment, "many.jsonl", `${row}\n`.repeat(40_000));
    const importing = deployment.convex(["import", "--table", "notes", path], 1);
    await expect.poll(() => importsOf(deployment), { interval: 20 }).toMatch(/Importing \\?"notes/);
    const note = { owner: "ann", title: "meanwhile" };
    await deployment.admin.mutation(fn("notes", "add"), note as never);
    expect(await importing).toContain("Table notes came to have documents meanwhile");
    expect(await titles(deployment)).toEqual(["meanwhile"]);
  });

  test("that a crash cut short were never there, and the next start clears up", async () => {
    const deployment = await deploy(PROJECT);
    const { apiUrl, data } = deployment;
    const row = JSON.stringify({ owner: "many", title: "x".repeat(2_000) });
    const path = await written(deployment, "many.jsonl", `${row}\n`.repeat(40_000));
    const importing = deployment.convex(["import", "--table", "notes", path], 1);
    const query = async () => await importsOf(deployment);
    await expect.poll(query, { interval: 20 }).toMatch(/Importing \\?"notes/);
    expect(await titles(deployment)).toEqual([]);
    await deployment.kill();

    const again = await startEmbedded({
      project: PROJECT,
      data,
      port: Number(new URL(apiUrl).port),
    });
    try {
      // The CLI, which waits for the end, hears of it as well.
      expect(await importing).toContain("The server was stopped in the middle");
      expect(await query()).toContain("The server was stopped in the middle");
      expect(await titles(deployment)).toEqual([]);
      expect(await readdir(data)).not.toContain("imports");
    } finally {
      await again.kill();
    }
  });
});

test("importing is for admins", async () => {
  const { apiUrl } = await deploy(PROJECT);
  const paths = [
    "import/start_upload",
    "import/upload_part",
    "import/finish_upload",
    "perform_import",
  ];
  const statuses = paths.map(
    async (path) => (await fetch(`${apiUrl}/api/${path}`, { method: "POST" })).status,
  );
  expect(await Promise.all(statuses)).toEqual([403, 403, 403, 403]);
});
