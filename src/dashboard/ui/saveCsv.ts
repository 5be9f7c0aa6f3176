import { saveFile } from "./saveFile";

/** Without it, a spreadsheet takes UTF-8 for something older. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Has the browser keep a table as a file. */
export function saveCsv(name: string, csv: string | Blob): void {
  saveFile(name, new Blob([BYTE_ORDER_MARK, csv], { type: "text/csv" }));
}
