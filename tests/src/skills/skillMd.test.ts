import { expect, test } from "vitest";
import { parseSkillMd, SKILL_MD_CHARS_MAX } from "../../../src/skills/skillMd";

const withFrontmatter = (yaml: string, body = "Do it.") => `---\n${yaml}\n---\n${body}`;
const NAMED = "name: pdf-forms\ndescription: Fills forms.";

test("a SKILL.md is read as the format's authors write it", () => {
  const yaml = [
    "name: pdf-forms",
    "description: >",
    "  Fills forms.",
    "  Use it when a PDF has fields.",
    "license: Apache-2.0",
    "compatibility: Needs network access",
    "allowed-tools: Read Bash(git:*)",
    "metadata:",
    "  author: acme",
    "  version: 1.0",
  ].join("\r\n");
  expect(
    parseSkillMd(`\uFEFF${withFrontmatter(yaml, "\r\n# Steps\r\n---\r\n1. Look.\r\n")}`),
  ).toEqual({
    name: "pdf-forms",
    description: "Fills forms. Use it when a PDF has fields.",
    license: "Apache-2.0",
    compatibility: "Needs network access",
    allowedTools: ["Read", "Bash(git:*)"],
    metadata: { author: "acme", version: "1.0" },
    instructions: "# Steps\n---\n1. Look.",
  });
  expect(parseSkillMd(withFrontmatter(`${NAMED}\nallowed-tools: [Read, Grep]`))).toMatchObject({
    allowedTools: ["Read", "Grep"],
  });
});

test.each([
  ["no frontmatter", "# Steps", "between two lines"],
  ["frontmatter without an end", `---\n${NAMED}\n# Steps`, "between two lines"],
  ["no instructions", withFrontmatter(NAMED, "  \n"), "no instructions"],
  ["no name", withFrontmatter("description: d"), "must have a name"],
  ["no description", withFrontmatter("name: a"), "must have a description"],
  ["a name with capitals", withFrontmatter("name: Pdf\ndescription: d"), "lower-case"],
  ["a name that ends with a dash", withFrontmatter("name: pdf-\ndescription: d"), "lower-case"],
  ["a name of 65", withFrontmatter(`name: ${"a".repeat(65)}\ndescription: d`), "1 to 64"],
  [
    "a long description",
    withFrontmatter(`name: a\ndescription: ${"d".repeat(1_025)}`),
    "1 to 1024",
  ],
  ["an unknown field", withFrontmatter(`${NAMED}\nversion: 1`), '"version"'],
  ["a list for a name", withFrontmatter("name: [a]\ndescription: d"), "text for its name"],
  ["metadata within metadata", withFrontmatter(`${NAMED}\nmetadata: {a: {b: c}}`), "metadata"],
  ["metadata named as Convex does not", withFrontmatter(`${NAMED}\nmetadata: {$a: b}`), "metadata"],
  ["a field twice", withFrontmatter(`${NAMED}\nname: b`), "no YAML"],
  ["a reference", withFrontmatter("name: &a pdf\ndescription: *a"), "no YAML"],
  ["endless nesting", withFrontmatter(`${NAMED}\nmetadata: ${"[".repeat(3_800)}`), "no YAML"],
  ["much frontmatter", withFrontmatter(`${NAMED}\n#${"x".repeat(4_000)}`), "frontmatter"],
  ["too much of all", withFrontmatter(NAMED, "x".repeat(SKILL_MD_CHARS_MAX)), "at most"],
])("a SKILL.md with %s is refused, and says why", (_what, text, reason) => {
  expect(() => parseSkillMd(text)).toThrow(reason);
});

test("what YAML could make of a text is not made of it: dates, numbers and tags stay words", () => {
  const yaml = `name: a\ndescription: 2026-11-26\nmetadata: {on: yes, n: 0x1f}`;
  expect(parseSkillMd(withFrontmatter(yaml))).toMatchObject({
    description: "2026-11-26",
    metadata: { on: "yes", n: "0x1f" },
  });
});
