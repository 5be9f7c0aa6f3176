/** Goes through all pages of a query, one after the other. */
export async function* pagesOf<Page extends { cursor: string; isDone: boolean }>(
  read: (cursor: string | null) => Promise<Page>,
): AsyncGenerator<Page> {
  let page = await read(null);
  yield page;
  while (!page.isDone) {
    page = await read(page.cursor);
    yield page;
  }
}
