/** Without it, a spreadsheet takes UTF-8 for something older. */
const BYTE_ORDER_MARK = "\uFEFF";
/** Some browsers begin to read only when the person has said where it goes. */
const READ_MS = 60_000;

/** Has the browser keep a table as a file. */
export function saveCsv(name: string, csv: string | Blob): void {
  const blob = new Blob([BYTE_ORDER_MARK, csv], { type: "text/csv" });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), READ_MS);
}
