/** A session as a file: all rows as lines or as one document, or what was said as a table. */
import type { MessageView } from "../../../../convex/views";
import { csvLine } from "../../../core/csv";

type Written = { content: string; type: string };
type FormatRules = { name: string; hint: string; write: (lines: string) => Written };

export const FORMATS = {
  ndjson: {
    name: "NDJSON",
    hint: "Session, messages, runs, steps and files: a line of JSON for each row.",
    write: (lines) => ({ content: lines, type: "application/x-ndjson" }),
  },
  json: {
    name: "JSON",
    hint: "The same as one document, by table.",
    write: (lines) => ({ content: asDocument(lines), type: "application/json" }),
  },
  csv: {
    name: "CSV",
    hint: "What was said: a line for each message, for spreadsheets.",
    write: (lines) => ({ content: asTable(lines), type: "text/csv" }),
  },
} as const satisfies Record<string, FormatRules>;
export type Format = keyof typeof FORMATS;

type Line = { table: string; row: unknown };

function parsed(lines: string): Line[] {
  const texts = lines.split("\n").filter((line) => line !== "");
  return texts.map((line) => JSON.parse(line) as Line);
}

function asDocument(lines: string): string {
  const tables: Record<string, unknown[]> = {};
  for (const { table, row } of parsed(lines)) (tables[table] ??= []).push(row);
  return JSON.stringify(tables, null, 2);
}

const HEAD = ["when", "who", "text", "model", "tokens", "costUsd", "status"];

function asTable(lines: string): string {
  const messages = parsed(lines).filter(({ table }) => table === "messages");
  const rows = messages.map(({ row }) => {
    const { createdAt, role, content, model, tokenCount, cost, status } = row as MessageView;
    const when = new Date(createdAt).toISOString();
    return csvLine([when, role, content, model, tokenCount, cost?.amountUsd, status]);
  });
  return csvLine(HEAD) + rows.join("");
}
