/** 20 kB as a model writes them: headings, lists, a table, code, links, and plain paragraphs. */
const PARAGRAPH =
  "A paragraph explains **what matters** and what _does not_, names `a value` here and [a page](https://example.com/page) there, " +
  "and goes on for as long as people let it, which is longer than one line of any window that it is shown in.";
const LIST = ["- the first of three points", "- the second, with `code` in it", "- and the last"];
const TABLE = ["| model | cost |", "| --- | ---: |", "| small | $0.01 |", "| large | $0.10 |"];
const CODE = [
  "```ts",
  "export function totalOf(lines: readonly bigint[]): bigint {",
  "  return lines.reduce((sum, pico) => sum + pico, 0n);",
  "}",
  "```",
];
const LENGTH = 20_000;
export const END = "This is the end of it.";

function section(number: number): string {
  const parts = [[`## Part ${number}`], [PARAGRAPH], LIST, [PARAGRAPH], TABLE, CODE];
  return parts.map((lines) => lines.join("\n")).join("\n\n");
}

function longReply(): string {
  let text = "# A long answer";
  for (let number = 1; text.length < LENGTH; number++) text += `\n\n${section(number)}`;
  return `${text}\n\n${END}`;
}

export const REPLY_MARKDOWN = longReply();
