import { Button } from "./Button";

type MoreProps = { status: string; loadMore: (count: number) => void };

const PER_PAGE = 50;

/** The way to older rows of a list that comes in pages; nothing where there are none. */
export function More({ status, loadMore }: MoreProps) {
  if (status === "LoadingMore") return <p role="status">Loading…</p>;
  if (status !== "CanLoadMore") return null;
  return (
    <Button size="sm" onClick={() => loadMore(PER_PAGE)}>
      Show more
    </Button>
  );
}
