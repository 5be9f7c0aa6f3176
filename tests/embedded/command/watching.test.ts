import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchFiles } from "../../../src/embedded/command/watching";

test("a change that cannot be handled is told, and the next one is still noticed", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const folder = mkdtempSync(join(tmpdir(), "watching-"));
  let count = 0;
  const stop = watchFiles(
    () => ({ folders: [folder], files: [] }),
    async () => {
      if (++count === 1) throw new Error("the disk is full");
    },
  );
  onTestFinished(() => {
    stop();
    said.mockRestore();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "a.ts"), "1");
  await expect.poll(() => count).toBe(1);
  await expect.poll(() => said.mock.calls.length).toBe(1);
  writeFileSync(join(folder, "b.ts"), "2");
  await expect.poll(() => count).toBe(2);
});
