/** `--watch` sees the files of the project's own components, wherever they lie. */
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ProjectPusher } from "../../../src/embedded/command/pushing";
import { temporaryFolder } from "../clients/projectCopy";
import { COMPONENTS, GREETING, query, relay, Served } from "./serving";

test("a component's files are pushed when they change, and when there are more of them", async () => {
  const folder = await temporaryFolder();
  await cp(COMPONENTS, folder, { recursive: true });
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, ".env.local"), `GREETING=${GREETING}\nAUTH_PROVIDERS=[]\n`);
  const served = await Served.open();
  const pusher = new ProjectPusher(served.instance.runtime, { folder, say: () => {} });
  expect(await pusher.push()).toBe(true);
  onTestFinished(pusher.watch());
  expect(await served.client.query(query("relay:notes"), {})).toEqual([]);

  // Outside of the functions folder, and used by a component only.
  const prints = join(folder, "stamps/prints.ts");
  const changed = (await readFile(prints, "utf8")).replace("String(text)", "`*${text}*`");
  await writeFile(prints, changed);
  const { write } = relay(served);
  await expect
    .poll(() => write("shelf.boxes.stamp", { text: "x" }), { timeout: 20_000 })
    .toContain("*x*");

  await writeFile(
    join(folder, "stamps/more.ts"),
    'import { queryGeneric } from "convex/server";\nexport const one = queryGeneric({ handler: () => 1 });\n',
  );
  await expect
    .poll(() => served.run("more:one", {}, "shelf/stamps").catch(() => null), { timeout: 20_000 })
    .toBe(1);
});
