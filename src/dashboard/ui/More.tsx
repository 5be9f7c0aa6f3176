import { useState } from "react";
import { Button } from "./Button";

export type MoreProps = { status: string; loadMore: (count: number) => void };

const PER_PAGE = 50;

/**
 * The way to older rows of a list that comes in pages; nothing where there are none. Once it was used it stays where it
 * is, and with it the focus of whoever used it.
 */
export function More({ status, loadMore }: MoreProps) {
  const [wasUsed, setUsed] = useState(false);
  if (status === "LoadingFirstPage" || (status === "Exhausted" && !wasUsed)) return null;
  const hasMore = status === "CanLoadMore";
  const load = () => {
    setUsed(true);
    loadMore(PER_PAGE);
  };
  return (
    <Button size="sm" aria-disabled={!hasMore} onClick={hasMore ? load : undefined}>
      {status === "Exhausted" ? "That is all" : hasMore ? "Show more" : "Loading…"}
    </Button>
  );
}
