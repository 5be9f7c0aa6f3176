/** `.env.local` leads plain `npx convex` to the runtime, and is otherwise left as it was. */
import { execFileSync } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { connectCli, connectionText } from "../../../src/embedded/command/cliConnection";
import { temporaryFolder } from "../clients/projectCopy";

const here = { apiUrl: "http://127.0.0.1:3210", adminKey: "embedded|0123" };

describe(".env.local", () => {
  test("is made for its owner alone", async () => {
    const folder = await temporaryFolder();
    expect(await connectCli(folder, here)).toEqual({ kind: "connected", isExposed: false });
    expect((await stat(`${folder}/.env.local`)).mode & 0o777).toBe(0o600);
    const text = await readFile(`${folder}/.env.local`, "utf8");
    expect(text).toContain("\nCONVEX_SELF_HOSTED_URL=http://127.0.0.1:3210\n");
    expect(text).toContain("\nCONVEX_SELF_HOSTED_ADMIN_KEY='embedded|0123'\n");
  });

  test.each(["SECRET=1", "SECRET=1\n# kept\n\n", "", "SECRET=1\r\nOTHER=2\r\n"])(
    "keeps the lines of others: %j",
    async (before) => {
      const folder = await temporaryFolder();
      const path = `${folder}/.env.local`;
      await writeFile(path, before, { mode: 0o644 });
      await connectCli(folder, here);
      const first = await readFile(path, "utf8");
      expect(first.startsWith(before)).toBe(true);
      await writeFile(path, `${first}AFTER=3\n`);
      await connectCli(folder, { ...here, apiUrl: "http://127.0.0.1:4000" });

      const second = await readFile(path, "utf8");
      expect(second.startsWith(before)).toBe(true);
      expect(second).toContain("\nAFTER=3\n".slice(before === "" ? 1 : 0));
      expect(second.match(/CONVEX_SELF_HOSTED_URL=.*/g)).toEqual([
        "CONVEX_SELF_HOSTED_URL=http://127.0.0.1:4000",
      ]);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    },
  );

  test.each([
    [".env.local", "CONVEX_DEPLOYMENT=dev:brave-lion-1\n"],
    [".env.local", "CONVEX_DEPLOY_KEY='prod:x|y'\n"],
    [".env.local", "CONVEX_SELF_HOSTED_URL=https://convex.example\n"],
    [".env", "CONVEX_DEPLOYMENT=dev:brave-lion-1\n"],
  ])("a deployment chosen in %s stays chosen: %j", async (file, text) => {
    const folder = await temporaryFolder();
    await writeFile(`${folder}/${file}`, text);
    const connection = await connectCli(folder, here);
    expect(connection).toMatchObject({ kind: "elsewhere", file });
    expect(connectionText(connection)).toContain("--url and --admin-key");
    expect(await readFile(`${folder}/${file}`, "utf8")).toBe(text);
    const texts = await readFile(`${folder}/.env.local`, "utf8").catch(() => "");
    expect(texts).not.toContain("embedded|0123");
  });

  test("that git would take in is warned of", async () => {
    const folder = await temporaryFolder();
    execFileSync("git", ["init", "-q"], { cwd: folder });
    expect(connectionText(await connectCli(folder, here))).toContain("Add it to .gitignore");
    await writeFile(`${folder}/.gitignore`, ".env.local\n");
    expect(connectionText(await connectCli(folder, here))).not.toContain(".gitignore");
  });
});
