import { Validator } from "@cfworker/json-schema";
import { expect, test } from "vitest";
import { TOOL_NAMES } from "../../../src/core/tools";
import { toolNamed } from "../../../src/tools/registry";

test.each(TOOL_NAMES)("%s is what providers take for a tool", (name) => {
  const tool = toolNamed(name);
  expect(tool.name).toBe(name);
  expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(tool.description.length).toBeLessThanOrEqual(1_024);
  expect(tool.timeoutMs).toBeGreaterThan(0);
  expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
  expect(new Validator(structuredClone(tool.inputSchema)).validate({ unknown: 1 }).valid).toBe(
    false,
  );
});
