/** A data folder has one owner, whatever happens to the processes around it. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../src/embedded/store/sqlite";
import { newFolder, newStore, refusal } from "./folders";

const SCRIPT = fileURLToPath(new URL("./ownerProcess.ts", import.meta.url));

type Opener = { child: ChildProcessWithoutNullStreams; nextLine: () => Promise<string> };

/** Another process that opens `folder`; it ends with the test. */
function openElsewhere(folder: string): Opener {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, folder]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += text));
  return {
    child,
    nextLine: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`The process ended without a word. ${complaints}`);
      return value;
    },
  };
}

test("a second process is refused, told who owns the folder and what to do, and may own it next", async () => {
  const folder = newFolder();
  const store = newStore(folder);

  const refused = await openElsewhere(folder).nextLine();
  expect(refused).toMatch(/^refused folder_in_use /);
  expect(refused).toContain(folder);
  expect(refused).toContain(`pid ${process.pid}`);
  expect(refused).toContain("Stop that process, or choose another data folder");

  store.close();
  expect(await openElsewhere(folder).nextLine()).toBe("owner");
});

test("of many processes that start at once, exactly one owns the folder", async () => {
  const folder = join(newFolder(), "made", "by", "them");
  const openers = Array.from({ length: 6 }, () => openElsewhere(folder));
  const answers = await Promise.all(openers.map((opener) => opener.nextLine()));

  expect(answers.filter((answer) => answer === "owner")).toHaveLength(1);
  const others = answers.filter((answer) => answer !== "owner");
  for (const answer of others) expect(answer).toMatch(/^refused folder_in_use /);
});

test("a second store in the same process is refused, also by another path to the folder", () => {
  const folder = newFolder();
  const store = newStore(folder);
  const link = join(newFolder(), "link");
  symlinkSync(folder, link);

  for (const path of [folder, `${folder}/./`, link]) {
    const { kind, message } = refusal(() => openStore(path));
    expect(kind).toBe("folder_in_use");
    expect(message).toContain("already open in this process");
  }
  // The refused attempts have not loosened the lock.
  expect(refusal(() => openStore(folder)).kind).toBe("folder_in_use");
  store.close();
  openStore(folder).close();
});

test("two folders do not disturb each other", () => {
  newStore();
  expect(() => newStore()).not.toThrow();
});

test("a killed owner's folder opens again, with everything it had committed", async () => {
  const folder = newFolder();
  const { child, nextLine } = openElsewhere(folder);
  expect(await nextLine()).toBe("owner");
  let acknowledged = "";
  while (acknowledged !== "stored 25") acknowledged = await nextLine();
  expect(refusal(() => openStore(folder)).message).toContain(`pid ${child.pid}`);

  child.kill("SIGKILL");
  await once(child, "exit");
  const store = newStore(folder);
  expect(Number(store.getSetting("n"))).toBeGreaterThanOrEqual(25);
  expect(store.lastTsMicros()).toBe(Number(store.getSetting("n")));
});

test("a refused opener does not change who is named as the owner", () => {
  const folder = newFolder();
  newStore(folder);
  const first = refusal(() => openStore(folder)).message;
  expect(refusal(() => openStore(folder)).message).toBe(first);
});

test("a lock file or process id left behind does not matter", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "lock"), "");
  writeFileSync(join(folder, "lock.pid"), "1\n");
  expect(() => newStore(folder)).not.toThrow();
});

test("a path that cannot be a folder is refused by name", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "file"), "");
  const { kind, message } = refusal(() => openStore(join(folder, "file", "data")));
  expect(kind).toBe("io");
  expect(message).toContain(join(folder, "file", "data"));

  mkdirSync(join(folder, "taken", "data.sqlite"), { recursive: true });
  expect(refusal(() => openStore(join(folder, "taken"))).kind).toMatch(/io|damaged/);
});
