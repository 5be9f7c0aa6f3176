import type { ExportPage } from "../../../convex/views/administration";

/** Where an export goes on; nowhere yet for its first page. */
type From = NonNullable<ExportPage["next"]> | Record<string, never>;

/** All lines of an export, page by page until there are no more. */
export async function everyPage(ask: (from: From) => Promise<ExportPage>): Promise<string[]> {
  const texts: string[] = [];
  let from: From | null = {};
  while (from !== null) {
    const page: ExportPage = await ask(from);
    texts.push(page.ndjson);
    from = page.next;
  }
  return texts;
}
