/** A push that the CLI makes and that is refused: it says where, ends with a failure, and the old push serves on. */
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { call } from "./commands";
import { serveProject, type Project } from "./project";

const push = (project: Project) => project.convex("dev", "--once", "--typecheck", "disable");

test("code that fails when it is loaded", async () => {
  const project = await serveProject();
  await writeFile(
    project.path("convex/broken.ts"),
    `import "./notes";\n\nfunction load(): never {\n  throw new Error("not today");\n}\nload();\n`,
  );
  const { code, stderr } = await push(project);
  expect(stderr).toMatch(/Uncaught Error: not today/);
  expect(stderr).toMatch(/convex\/broken\.ts:4:9/);
  expect(code).toBe(1);
  expect(await call(project.runtime, "notes:list")).toEqual([]);
}, 60_000);

test("a schema that stored documents do not match", async () => {
  const project = await serveProject();
  await call(project.runtime, "notes:add", { text: "without stars" });
  await project.edit("convex/schema.ts", (text) =>
    text.replace("v.optional(v.int64())", "v.int64()"),
  );
  const { code, stderr } = await push(project);
  expect(stderr).toContain("Schema validation failed.");
  expect(stderr).toMatch(/Document with ID "\w+" in table "notes" does not match the schema/);
  expect(code).toBe(1);
  expect(await call(project.runtime, "notes:list")).toEqual(["without stars"]);
}, 60_000);

test("a variable that auth.config.ts needs: the CLI says how to set it, and then it goes well", async () => {
  const project = await serveProject();
  await writeFile(
    project.path("convex/auth.config.ts"),
    'export default { providers: [{ domain: process.env.ISSUER!, applicationID: "app" }] };\n',
  );
  const refused = await push(project);
  expect(refused.stderr).toMatch(/Environment variable ISSUER is used in auth config file/);
  expect(refused.stderr).toContain("npx convex env set");
  expect(refused.code).toBe(1);
  await project.runtime.setEnvironment({ ISSUER: "https://issuer.example" });
  expect((await push(project)).code).toBe(0);
  expect(project.runtime.authProviders()).toMatchObject([{ domain: "https://issuer.example" }]);
}, 120_000);

test("a wrong admin key", async () => {
  const project = await serveProject();
  const credentials = ["--url", project.apiUrl, "--admin-key", "someone|else"];
  const { code, stdout, stderr } = await project.plainConvex("run", "notes:secret", ...credentials);
  expect(code).not.toBe(0);
  expect(`${stdout}${stderr}`).not.toContain("for admins");
}, 60_000);
