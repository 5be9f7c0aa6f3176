import { spawn } from "node:child_process";
import { expect, test } from "vitest";

/** Runs code in a process of its own, since it is about signals and the end of the process. */
function runProcess(body: string, onOutput: (text: string, kill: () => void) => void) {
  const source = `
    import { startHarness } from "./tests/embedded/execution/harness.ts";
    const harness = await startHarness({ functionMs: 5000 });
    ${body}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  return new Promise<{ output: string; code: number | null; signal: string | null }>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        output += data.toString();
        onOutput(output, () => child.kill("SIGINT"));
      });
    }
    child.on("exit", (code, signal) => resolve({ output, code, signal }));
  });
}

test.each([
  [
    "with a listener",
    'process.on("SIGINT", () => { console.log("stopping"); process.exit(3); });',
    3,
  ],
  ["without one", "", null],
])("Ctrl-C while a function runs still stops the server (%s)", async (_case, listener, code) => {
  let isSent = false;
  const result = await runProcess(
    `${listener}
    console.log("running");
    console.log(harness.run("messages:loop", { kind: "sync" }).error.kind);
    setTimeout(() => console.log("still here"), 3000);`,
    (text, kill) => {
      if (isSent || !text.includes("running")) return;
      isSent = true;
      setTimeout(kill, 300);
    },
  );
  expect(result.output).not.toContain("still here");
  expect(result.output).not.toContain("timeout");
  expect(result).toMatchObject(code === null ? { signal: "SIGINT" } : { code });
});

test("a failed promise that a mutation leaves behind does not end the server", async () => {
  const result = await runProcess(
    `console.log(harness.run("messages:strayRejection").ok);
    await harness.action("calls:relay", { text: "first" });
    await harness.action("calls:strayTimer").then((outcome) => console.log(outcome.error.message));
    setTimeout(() => { console.log("still here"); process.exit(0); }, 50);`,
    () => {},
  );
  expect(result.output).toContain("left a failed promise behind");
  expect(result.output).toContain("Uncaught Error: in timer");
  expect(result).toMatchObject({ output: expect.stringContaining("still here"), code: 0 });
});

test("recursion without end through the database fails cleanly, and the next call works", async () => {
  const result = await runProcess(
    `console.log(harness.run("failing:overflows", { through: "database" }).error.message);
    console.log("then", harness.run("messages:list").value);
    setTimeout(() => process.exit(0), 50);`,
    () => {},
  );
  expect(result.output).toContain("Uncaught RangeError: Maximum call stack size exceeded");
  expect(result).toMatchObject({ output: expect.stringContaining("then []"), code: 0 });
});
