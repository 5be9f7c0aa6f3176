/** Pushes in steps: until the last one the old push serves, and whoever was overtaken is told. */
import { brotliCompressSync, constants } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/embedded/values/json";
import { api } from "../clients/api";
import { ADMIN_KEY, startBackend } from "../clients/backend";
import { httpClient } from "../clients/connections";
import { deploy } from "../clients/pushes";
import { pushBody, pushClient, schemaModule, type PushBody } from "./pushClient";

const ANY = { type: "any" };

function table(tableName: string, fields: Record<string, JsonObject>, indexes: JsonObject[] = []) {
  const value = Object.fromEntries(
    Object.entries(fields).map(([name, fieldType]) => [name, { fieldType, optional: false }]),
  );
  return { tableName, indexes, documentType: { type: "object", value } };
}

/** The fixture's push with `tables` for a schema. */
async function pushWithTables(tables: JsonObject[]): Promise<PushBody> {
  const body = await pushBody();
  body.appDefinition.schema = schemaModule({ tables, schemaValidation: true });
  return body;
}

const counters = table("counters", { name: ANY, count: ANY }, [
  { indexDescriptor: "by_name", fields: ["name"] },
]);
const messages = (body: JsonObject, indexes: JsonObject[] = []) =>
  table("messages", { channel: ANY, body }, [
    { indexDescriptor: "by_channel", fields: ["channel"] },
    ...indexes,
  ]);
const byBody = { indexDescriptor: "by_body", fields: ["body"] };

describe("a push in steps", () => {
  test("serves once it is finished, and no earlier", async () => {
    const backend = await startBackend();
    await deploy(backend.runtime, { without: "counters.js" });
    const cli = pushClient(backend);
    const started = await cli.start(await pushBody());
    expect(started.status).toBe(200);
    expect(await cli.wait(started)).toEqual({ type: "complete" });
    const get = () => httpClient(backend).query(api.counters.get, { name: "n" });
    await expect(get()).rejects.toThrow("Could not find public function");

    const { status, body } = await cli.finish(started);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      authDiff: { added: [], removed: [] },
      componentDiffs: {
        "": { diffType: { type: "modify" }, moduleDiff: { added: ["counters.js"] } },
      },
    });
    expect(await get()).toBe(0n);
  });

  test("describes what it found", async () => {
    const { body } = await pushClient(await startBackend()).start(await pushBody());
    expect(body).toMatchObject({
      environmentVariables: { AUTH_PROVIDERS: "[]" },
      app: { definitionPath: "", componentPath: "", childComponents: {} },
      analysis: {
        "": {
          definition: { path: "", childComponents: [] },
          schema: { tables: [{ tableName: "messages" }, { tableName: "counters" }] },
        },
      },
    });
    const { functions } = (body["analysis"] as Record<string, JsonObject>)[""]!;
    const { functions: ofCounters } = (functions as Record<string, JsonObject>)["counters.js"]!;
    expect((ofCounters as JsonObject[]).find(({ name }) => name === "get")).toMatchObject({
      udfType: "Query",
      visibility: { kind: "public" },
      returns: '{"type":"bigint"}',
    });
  });

  test("is for admins", async () => {
    const stranger = pushClient(await startBackend(), "someone|else");
    for (const path of ["start_push", "evaluate_push", "evaluate_schema", "wait_for_schema"]) {
      expect((await stranger.send(`/api/deploy2/${path}`, {})).status).toBe(403);
    }
    expect((await stranger.send("/api/deploy2/finish_push", {})).status).toBe(403);
    expect((await stranger.hashes()).status).toBe(403);
  });

  test("that nobody has started cannot be finished", async () => {
    const cli = pushClient(await startBackend());
    const unknown = { status: 200, body: { schemaChange: { schemaIds: { "": "unknown" } } } };
    expect(await cli.wait(unknown)).toEqual({ type: "raceDetected" });
    expect(await cli.finish(unknown)).toMatchObject({
      status: 400,
      body: { code: "RaceDetected" },
    });
    expect((await cli.finish({ status: 200, body: {} })).status).toBe(400);
  });

  test("with a dry run checks everything and changes nothing", async () => {
    const backend = await startBackend();
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "text" });
    const cli = pushClient(backend);
    const good = await cli.start(await pushWithTables([counters, messages(ANY, [byBody])]));
    expect(await cli.wait(good)).toEqual({ type: "complete" });
    expect((await cli.finish(good, true)).body).toMatchObject({ componentDiffs: {} });
    const bad = await cli.start(await pushWithTables([counters, messages({ type: "number" })]));
    expect(await cli.wait(bad)).toMatchObject({ type: "failed", tableName: "messages" });
    const served = backend.runtime.deployment()?.components.get("")?.schema?.tables;
    expect(served?.map(({ indexes }) => indexes.length)).toEqual([1, 1]);
    expect(await httpClient(backend).query(api.messages.list, { channel: "a" })).toEqual(["text"]);
  });
});

describe("modules that are not sent again", () => {
  test("are taken from what is served", async () => {
    const backend = await startBackend();
    const cli = pushClient(backend);
    const { moduleHashes } = (await cli.hashes()).body as { moduleHashes: { path: string }[] };
    const paths = moduleHashes.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["counters.js", "messages.js", "auth.config.js"]));

    const started = await cli.start(await pushBody(paths));
    expect(started.status).toBe(200);
    expect(await cli.wait(started)).toEqual({ type: "complete" });
    expect((await cli.finish(started)).status).toBe(200);
    expect(await httpClient(backend).query(api.counters.get, { name: "n" })).toBe(0n);
  });

  test("must be what is served: else another push has come in between, and the CLI begins anew", async () => {
    const cli = pushClient(await startBackend());
    const wrongs: JsonObject[] = [
      { sha256: "0".repeat(64) },
      { environment: "node" },
      { path: "x.js" },
    ];
    for (const wrong of wrongs) {
      const body = await pushBody(["counters.js"]);
      body.appDefinition.unchangedModuleHashes = body.appDefinition.unchangedModuleHashes.map(
        (hash) => ({ ...hash, ...wrong }),
      );
      const { status, body: refusal } = await cli.start(body);
      expect([status, refusal["code"]]).toEqual([400, "RaceDetected"]);
    }
  });
});

describe("a refused push leaves the old one serving", () => {
  test("when its code fails: the error names file and line", async () => {
    const backend = await startBackend();
    const cli = pushClient(backend);
    const body = await pushBody();
    body.appDefinition.changedModules.push({
      path: "broken.js",
      source: "\nthrow new Error('at the top');",
      environment: "isolate",
    });
    const { status, body: refusal } = await cli.start(body);
    expect(status).toBe(400);
    expect(refusal["message"]).toMatch(/Hit an error while pushing:\n.*broken\.js.*at the top/s);
    expect(await httpClient(backend).query(api.counters.get, { name: "n" })).toBe(0n);
  });

  test("when stored documents do not match: the table is named, and later pushes go well", async () => {
    const backend = await startBackend();
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "text" });
    const cli = pushClient(backend);
    const bad = await cli.start(await pushWithTables([counters, messages({ type: "number" })]));
    expect(await cli.wait(bad)).toMatchObject({
      type: "failed",
      componentPath: "",
      tableName: "messages",
      error: expect.stringContaining('in table "messages" does not match the schema') as string,
    });
    const { status, body: refusal } = await cli.finish(bad);
    expect([status, refusal["code"]]).toEqual([400, "InvalidPush"]);
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "more" });

    const good = await cli.start(await pushWithTables([counters, messages(ANY, [byBody])]));
    expect(await cli.wait(good)).toEqual({ type: "complete" });
    expect((await cli.finish(good)).body).toMatchObject({
      componentDiffs: { "": { indexDiff: { added_indexes: [{ name: "messages.by_body" }] } } },
    });
  });

  test("when a document that does not match is written between the check and the end", async () => {
    const backend = await startBackend();
    const cli = pushClient(backend);
    const literal = { type: "literal", value: "good" };
    const send = (body: string) =>
      httpClient(backend).mutation(api.messages.send, { channel: "a", body });
    await send("good");
    const started = await cli.start(await pushWithTables([counters, messages(literal)]));
    expect(await cli.wait(started)).toEqual({ type: "complete" });
    await send("bad");
    expect((await cli.finish(started)).status).toBe(400);
    await send("worse");
    const list = httpClient(backend).query(api.messages.list, { channel: "a" });
    expect(await list).toEqual(["good", "bad", "worse"]);
  });
});

describe("of two pushes at once", () => {
  test("the one that prepares tables later goes first, and the other is told", async () => {
    const backend = await startBackend();
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "text" });
    const cli = pushClient(backend);
    const first = await cli.start(await pushWithTables([counters, messages(ANY, [byBody])]));
    expect(await cli.wait(first)).toEqual({ type: "complete" });
    const second = await cli.start(await pushWithTables([counters, messages({ type: "string" })]));
    expect(await cli.wait(second)).toEqual({ type: "complete" });

    expect(await cli.wait(first)).toEqual({ type: "raceDetected" });
    expect(await cli.finish(first)).toMatchObject({ status: 400, body: { code: "RaceDetected" } });
    expect((await cli.finish(second)).status).toBe(200);
    const [, served] = backend.runtime.deployment()!.components.get("")!.schema!.tables;
    expect(served).toMatchObject({
      tableName: "messages",
      indexes: [{ indexDescriptor: "by_channel" }],
    });
  });

  test("neither is in the other's way when they only bring code", async () => {
    const backend = await startBackend();
    const cli = pushClient(backend);
    const started = [await cli.start(await pushBody()), await cli.start(await pushBody())];
    for (const push of started) expect(await cli.wait(push)).toEqual({ type: "complete" });
    for (const push of started) expect((await cli.finish(push)).status).toBe(200);
  });

  test("one that a change of the environment has overtaken begins anew", async () => {
    const backend = await startBackend();
    const cli = pushClient(backend);
    const started = await cli.start(await pushBody());
    await cli.wait(started);
    await backend.runtime.setEnvironment({ NEW: "1" });
    expect(await cli.finish(started)).toMatchObject({
      status: 400,
      body: { code: "RaceDetected" },
    });
  });

  test("a push that was begun and left makes room for others", async () => {
    const backend = await startBackend();
    await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "text" });
    const cli = pushClient(backend);
    const left = await cli.start(await pushWithTables([counters, messages(ANY, [byBody])]));
    await cli.wait(left);
    for (let count = 0; count < 4; count++) {
      expect((await cli.start(await pushBody())).status).toBe(200);
    }
    expect(await cli.wait(left)).toEqual({ type: "raceDetected" });
  });
});

test("what a push does to indexes is foretold, with the size of the tables", async () => {
  const backend = await startBackend();
  await httpClient(backend).mutation(api.messages.sendMany, { channel: "a", bodies: ["1", "2"] });
  const body = await pushWithTables([table("counters", { name: ANY }), messages(ANY, [byBody])]);
  const cli = pushClient(backend);
  expect((await cli.send("/api/deploy2/evaluate_schema", body)).body).toMatchObject({
    componentSchemaEvaluations: {
      "": {
        indexes: [
          {
            name: "messages.by_body",
            type: "database",
            change: "added",
            needsBackfill: true,
            numDocs: 2,
          },
          { name: "counters.by_name", change: "dropped", numDocs: 0 },
        ],
      },
    },
    newComponentDefinitions: [],
  });
  expect((await cli.send("/api/deploy2/evaluate_push", body)).body).toMatchObject({
    schemaChange: { indexDiffs: { "": { removed_indexes: [{ name: "counters.by_name" }] } } },
  });
});

describe("compressed bodies", () => {
  const post = (url: string, body: Uint8Array, encoding: string) =>
    fetch(`${url}/api/deploy2/start_push`, {
      method: "POST",
      headers: { Authorization: `Convex ${ADMIN_KEY}`, "Content-Encoding": encoding },
      body: new Uint8Array(body),
    });

  test("are held to the limit by what they unfold to", async () => {
    const { apiUrl } = await startBackend();
    const bomb = brotliCompressSync(Buffer.alloc(129 * 1024 * 1024, "x"), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    });
    expect(bomb.length).toBeLessThan(100_000);
    expect((await post(apiUrl, bomb, "br")).status).toBe(413);
  });

  test("that cannot be read are refused", async () => {
    const { apiUrl } = await startBackend();
    expect((await post(apiUrl, Buffer.from("no brotli"), "br")).status).toBe(400);
    expect((await post(apiUrl, Buffer.from("{}"), "zstd")).status).toBe(415);
  });
});
