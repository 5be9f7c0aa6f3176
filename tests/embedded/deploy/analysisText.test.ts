/** A restart serves what the push was when it was analysed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { analyze } from "../../../src/embedded/deploy/analyze";
import { fromText, toText } from "../../../src/embedded/deploy/analysisText";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Push } from "../../../src/embedded/deploy/types";
import { createRuntime } from "../../../src/embedded/runtime/createRuntime";
import { request } from "../runtime/fakeProject";

test.each([".", "tests/fixtures/projects/components", "tests/fixtures/projects/execution"])(
  "%s is the same before and after",
  async (project) => {
    const push = await bundleProject(project);
    const deployment = await analyze(push, { environment: {} });
    const stored = JSON.parse(JSON.stringify(push)) as Push;
    expect(fromText(stored, toText(deployment))).toEqual(deployment);
  },
);

test("text of another version of the runtime is not read", async () => {
  const push = await bundleProject("tests/fixtures/projects/components");
  const text = toText(await analyze(push, { environment: {} }));
  const { format } = JSON.parse(text) as { format: number };
  const other = text.replace(`"format":${format}`, `"format":${format - 1}`);
  expect(other).not.toBe(text);
  expect(fromText(push, other)).toBeNull();
});

test("a restart runs no module again: one that has come to throw fails its own calls only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "analysis-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const push: Push = {
    definitions: [
      {
        definitionPath: "",
        functions: [
          moduleOf("picky.js", 'if (process.env.MOOD !== "good") throw new Error("bad mood");'),
          moduleOf("calm.js", ""),
        ],
        schema: null,
        authConfig: null,
        definition: null,
        dependencies: [],
      },
    ],
  };
  const first = await createRuntime({ folder });
  await first.setEnvironment({ MOOD: "good" });
  await first.deploy(push);
  await first.setEnvironment({ MOOD: null });
  await first.close({ graceMs: 0 });

  const again = await createRuntime({ folder });
  onTestFinished(() => again.close({ graceMs: 0 }));
  expect(await again.query(request("calm:say"))).toMatchObject({ ok: true, value: '"said"' });
  expect(await again.query(request("picky:say"))).toMatchObject({ ok: false });
  await expect(again.deploy(push)).rejects.toThrow("bad mood");
});

/** As the CLI bundles it: a query `say`, after some code of the module itself. */
function moduleOf(path: string, code: string): Push["definitions"][0]["functions"][0] {
  const source = `${code}
    const say = () => {};
    Object.assign(say, {
      isConvexFunction: true, isQuery: true, isPublic: true,
      invokeQuery: async () => JSON.stringify("said"),
      exportArgs: () => '{"type":"any"}', exportReturns: () => '{"type":"any"}',
    });
    export { say };`;
  return { path, source, sourceMap: null, environment: "isolate" };
}
