/** Convex's real CLI against the embedded runtime; docs/cli.md says what came out of it. */
import { readFile, writeFile } from "node:fs/promises";
import { format } from "prettier";
import { expect, test } from "vitest";
import { REFUSED_ROWS, ROWS } from "./commands";
import { serveProject } from "./project";

const PAGE = "docs/cli.md";
/** Set it to anything to have the page written anew. */
const WRITES_PAGE = process.env["WRITE_CLI_PAGE"] !== undefined;

const HEAD = `# Convex's CLI and the embedded runtime

Each command of the table is run by \`tests/embedded/cli/commands.test.ts\`, which also writes this page:
\`WRITE_CLI_PAGE=1 npx vitest run tests/embedded/cli/commands.test.ts\`.

In a project that the runtime serves, plain \`npx convex COMMAND\` finds it by the project's \`.env.local\`;
elsewhere, give \`--url\` and \`--admin-key\`. A command that succeeds reaches no other machine then. One that the
runtime refuses may be a crash to the CLI, which it tries to report to Convex by way of sentry.io; without a
network this fails silently, and with \`CI=1\` in the environment it is not tried.
`;

test("each command does what docs/cli.md says", async () => {
  const project = await serveProject();
  const lines: string[][] = [];
  for (const row of ROWS) {
    await row.try(project);
    lines.push([row.command, `yes: ${row.does}`, row.differences]);
  }
  for (const row of REFUSED_ROWS) {
    await row.try(project);
    lines.push([row.command, "no", row.differences]);
  }
  const table = [["Command", "Works", "Differences"], ["---", "---", "---"], ...lines];
  const cells = table.map(([command = "", ...rest], index) =>
    [index < 2 ? command : `\`${command}\``, ...rest].join(" | "),
  );
  const page = await format(`${HEAD}\n${cells.map((line) => `| ${line} |`).join("\n")}\n`, {
    parser: "markdown",
    printWidth: 100,
  });
  if (WRITES_PAGE) await writeFile(PAGE, page);
  const instructions = `${PAGE} is not what was found. Set WRITE_CLI_PAGE=1 to write it anew.`;
  expect(await readFile(PAGE, "utf8"), instructions).toBe(page);
}, 240_000);
