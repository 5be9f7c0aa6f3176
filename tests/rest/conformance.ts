/** The table of what official clients do against a running deployment: made by the tests that show it. */
import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";

const DOC = "docs/conformance.md";
/** Written anew, in place of being compared: `CONFORMANCE=write npx vitest run tests/rest/conformance.test.ts` */
const WRITES = process.env["CONFORMANCE"] === "write";

type Row = { api: string; what: string; clients: Set<string> };

export class Conformance {
  readonly #clients: string[] = [];
  readonly #rows: Row[] = [];

  /** A test of what a client can do, which stands in the table once it has passed. */
  check(
    { client, api, what }: { client: string; api: string; what: string },
    shows: () => Promise<void>,
  ): void {
    if (!this.#clients.includes(client)) this.#clients.push(client);
    test(`${client}, ${api}: ${what}`, async () => {
      await shows();
      const known = this.#rows.find((row) => row.api === api && row.what === what);
      if (known === undefined) this.#rows.push({ api, what, clients: new Set([client]) });
      else known.clients.add(client);
    });
  }

  /** The last test: the page in the docs says what these tests have shown. */
  checkDocs(): void {
    test(`${DOC} is what was shown here`, async () => {
      if (WRITES) await writeFile(DOC, this.#page());
      expect(await readFile(DOC, "utf8")).toBe(this.#page());
    });
  }

  #page(): string {
    const header = ["API", "What", ...this.#clients];
    const rows = this.#rows
      .toSorted((a, b) => a.api.localeCompare(b.api))
      .map(({ api, what, clients }) => [
        api,
        what,
        ...this.#clients.map((one) => (clients.has(one) ? "yes" : "–")),
      ]);
    const widths = header.map((_, at) =>
      Math.max(...[header, ...rows].map((row) => (row[at] ?? "").length)),
    );
    const line = (cells: readonly string[]) =>
      `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
    const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
    const table = [line(header), rule, ...rows.map(line)].join("\n");
    return `# What official clients do against \`/v1\`

Made by \`tests/rest/conformance.test.ts\`: the unmodified clients of the vendors against a running deployment on the
embedded runtime, over sockets, with the simulator behind it. A row is there once its test has passed; "–" is where the
client has nothing like it.

${table}
`;
  }
}
