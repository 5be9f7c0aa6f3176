/** `npx convex export`, as Convex lays its ZIP files out. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { anyApi } from "convex/server";
import { describe, expect, test } from "vitest";
import { readText, readZip } from "../../../src/embedded/archive/zip";
import { fromExportJson, toExportJson } from "../../../src/embedded/runtime/transfer/exportJson";
import { placeOf } from "../../../src/embedded/runtime/transfer/layout";
import type { Json } from "../../../src/embedded/values/json";
import { deploy, type Deployment } from "./cli";

const PROJECT = "tests/fixtures/projects/conformance";
const api = anyApi;

async function entriesOf(path: string): Promise<Map<string, string>> {
  return await readZip(path, async (entries) => {
    const texts = new Map<string, string>();
    for (const entry of entries) texts.set(entry.name, await readText(entry));
    return texts;
  });
}

async function exported(deployment: Deployment, ...flags: string[]) {
  const path = join(deployment.folder, `export${Math.random()}.zip`);
  const printed = await deployment.convex(["export", "--path", path, ...flags]);
  return { path, printed, entries: await entriesOf(path) };
}

const linesOf = (text: string | undefined) => (text ?? "").split("\n").slice(0, -1);

describe("an export", () => {
  test("has every table as lines of JSON, whose numbers say what they are", async () => {
    const deployment = await deploy(PROJECT);
    const { admin } = deployment;
    const values = [
      1,
      1n,
      -0,
      1.5,
      NaN,
      2n ** 62n,
      new Uint8Array([1, 2]).buffer,
      '1 and "2"',
      [3n],
    ];
    const id = await admin.mutation(api["things"]!["put"]!, { value: { values } });
    const { entries, printed } = await exported(deployment);
    expect(printed).toContain("Downloaded snapshot export to");
    expect([...entries.keys()].filter((name) => !name.startsWith("_components"))).toEqual(
      expect.arrayContaining([
        "README.md",
        "_tables/documents.jsonl",
        "things/documents.jsonl",
        "things/generated_schema.jsonl",
        "notes/documents.jsonl",
      ]),
    );
    const [line = ""] = linesOf(entries.get("things/documents.jsonl"));
    expect(line).toContain(
      `"values":[1.0,1,{"$float":"AAAAAAAAAIA="},1.5,{"$float":"AAAAAAAA+H8="},4611686018427387904,{"$bytes":"AQI="},"1 and \\"2\\"",[3]]`,
    );
    expect(line).toContain(`"_id":"${String(id)}"`);
    expect(entries.get("things/generated_schema.jsonl")).toBe('"uniform"\n');
    const tables = linesOf(entries.get("_tables/documents.jsonl")).map(
      (text) => JSON.parse(text) as { name: string; id: number },
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["things", "notes"]));
    expect(new Set(tables.map(({ id: number }) => number)).size).toBe(tables.length);
    expect(entries.has("_storage/documents.jsonl")).toBe(false);
  });

  test("is one moment, though others write meanwhile; only the newest is kept", async () => {
    const deployment = await deploy("tests/fixtures/projects/ledger");
    const { admin } = deployment;
    let isStopped = false;
    let acknowledged = 0;
    const writing = (async () => {
      for (let number = 1; !isStopped; number++) {
        const args = { writer: "w", number, payload: "x" };
        await admin.mutation(api["entries"]!["append"]!, args);
        acknowledged = number;
      }
    })();
    await expect.poll(() => acknowledged).toBeGreaterThan(20);
    const before = acknowledged;
    const { entries } = await exported(deployment);
    isStopped = true;
    await writing;
    const numbers = linesOf(entries.get("entries/documents.jsonl"))
      .map((line) => (JSON.parse(line) as { number: number }).number)
      .sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(before);
    await exported(deployment);
    const kept = await readdir(join(deployment.data, "exports"));
    expect(kept).toHaveLength(1);
    expect((await stat(join(deployment.data, "exports", kept[0]!))).mode & 0o777).toBe(0o600);
  });

  test("is for admins only", async () => {
    const { apiUrl } = await deploy(PROJECT);
    const asked = await fetch(`${apiUrl}/api/export/request/zip`, { method: "POST" });
    const got = await fetch(`${apiUrl}/api/export/zip/123`);
    expect([asked.status, got.status]).toEqual([403, 403]);
  });
});

test("the JSON of exports keeps every value", () => {
  const values: Json[] = [
    0,
    -1,
    1e21,
    1.5e-7,
    '1, 2.0 and \\ " 3',
    { a: [1, { $integer: "AQAAAAAAAAA=" }] },
    { $float: "AAAAAAAA+H8=" },
    { $bytes: "MTIz" },
    { $integer: "AAAAAAAAAIA=" },
    [true, null, { "1": 2 }],
  ];
  for (const value of values)
    expect(JSON.parse(fromExportJson(toExportJson(value)))).toEqual(value);
});

test("what an entry is shows in its path, below any folder", () => {
  expect(placeOf("snapshot/_components/a/_components/b/_storage/kg2x.png")).toEqual({
    kind: "file",
    componentPath: "a/b",
    id: "kg2x",
  });
  expect(placeOf("x/y/messages/documents.jsonl")).toEqual({
    kind: "documents",
    componentPath: "",
    table: "messages",
  });
  expect([placeOf("README.md"), placeOf("a/b.txt")]).toEqual([null, null]);
});
