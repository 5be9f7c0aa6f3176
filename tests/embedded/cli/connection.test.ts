/** Plain `npx convex`, which finds the runtime by the project's `.env.local`. */
import { expect, test } from "vitest";
import { connectCli } from "../../../src/embedded/command/cliConnection";
import { call } from "./commands";
import { serveProject } from "./project";

test("plain npx convex works, and reaches no other machine", async () => {
  const project = await serveProject();
  await connectCli(project.folder, project);
  const pushed = await project.plainConvex("dev", "--once", "--typecheck", "disable");
  expect(pushed.stderr).toContain("Convex functions ready!");
  const added = await project.plainConvex("run", "notes:add", '{"text": "plainly"}');
  expect([added.code, await call(project.runtime, "notes:list")]).toEqual([0, ["plainly"]]);
  const others = await Promise.all([
    project.plainConvex("env", "set", "NAME", "value"),
    project.plainConvex("data", "notes", "--format", "jsonl"),
  ]);
  expect(others.map(({ code }) => code)).toEqual([0, 0]);
  expect(others[1].stdout).toContain('"text": "plainly"');
  expect(project.runtime.environment()).toEqual({ NAME: "value" });
  const strangers = [pushed, added, ...others].flatMap((finished) => finished.strangers);
  expect(strangers).toEqual([]);
}, 120_000);
