/** Lines of CSV as RFC 4180 has them, for spreadsheets that take some texts for formulas. */

/** What spreadsheets begin to reckon at, behind whatever blanks; a plain number is one, whatever its sign. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

export type Cell = string | number | bigint | undefined;

/** A line with its end. A text that might be taken for a formula gets an apostrophe in front, as spreadsheets know it. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: Cell): string {
  const text = String(cell ?? "");
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
