/** The calls of one reply: what is made at once, and what waits for what. */
import { expect, test } from "vitest";
import { runTools } from "../../convex/jobs/toolCalls";
import type { ToolData } from "../../convex/jobs/toolData";

const never = () => Promise.reject(new Error("not asked for"));

test("calls that write are made one after the other, as they stand; others do not wait for them", async () => {
  const log: string[] = [];
  let letWrite = (): void => {};
  const written = new Promise<void>((resolve) => (letWrite = resolve));
  const data: ToolData = {
    notes: {
      async list() {
        log.push("list");
        return [];
      },
      async write({ text }) {
        log.push(`begin ${text}`);
        await written;
        log.push(`end ${text}`);
        return true;
      },
      remove: never,
    },
    history: {
      async search() {
        log.push("search");
        letWrite();
        return [];
      },
    },
    keep: never,
    resultsBy: () => ({ read: never }),
  };
  const calls = [
    { name: "notes", args: { action: "write", name: "a", text: "first" } },
    { name: "notes", args: { action: "write", name: "a", text: "second" } },
    { name: "notes", args: { action: "read" } },
    { name: "search_history", args: { query: "words" } },
  ].map(({ name, args }, n) => ({
    toolCallId: `call_${n}`,
    name,
    argumentsJson: JSON.stringify(args),
    charsMax: 1_000,
  }));
  const tools = [{ name: "notes" as const }, { name: "search_history" as const }];
  const heartbeat = async () => "go_on" as const;
  const results = await runTools(calls, { tools, skills: [], data, heartbeat });
  // The search lets the first one go on: it would never come to an end behind it.
  const inOrder = ["begin first", "end first", "begin second", "end second", "list"];
  expect(log.filter((entry) => entry !== "search")).toEqual(inOrder);
  expect(results.map(({ toolCallId }) => toolCallId)).toEqual([
    "call_0",
    "call_1",
    "call_2",
    "call_3",
  ]);
});
