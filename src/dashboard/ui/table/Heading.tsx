import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { cn } from "../classes";

const ORDERS = { asc: "ascending", desc: "descending", none: "none" } as const;
const ICONS = { asc: ArrowUp, desc: ArrowDown, none: ChevronsUpDown } as const;

type HeadingProps = {
  name: string;
  /** The space beside it. */
  room: string;
  isNumber: boolean;
  /** How the rows are sorted by it; null: they cannot be. */
  order: keyof typeof ORDERS | null;
  /** To the next order: one way, the other, and back to how the rows came. */
  sort: () => void;
};

/** Of a column; pressed, its rows are sorted by it. */
export function Heading({ name, room, isNumber, order, sort }: HeadingProps) {
  const look = cn("font-medium whitespace-nowrap", room, isNumber && "text-right");
  if (order === null) {
    return (
      <th scope="col" className={cn(look, "py-2")}>
        {name}
      </th>
    );
  }
  const Icon = ICONS[order];
  return (
    <th scope="col" aria-sort={ORDERS[order]} className={look}>
      <button
        type="button"
        onClick={sort}
        className={cn(
          "group hover:text-ink relative -mr-3 -ml-1 min-w-6 rounded py-2 pr-3 pl-1 -outline-offset-2",
          order !== "none" && "text-ink",
        )}
      >
        {name}
        {/* In the space between columns: none is wider for it. */}
        <Icon
          aria-hidden
          className={cn(
            "absolute top-1/2 right-0 size-3 -translate-y-1/2",
            order === "none" &&
              "opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 pointer-coarse:opacity-50",
          )}
        />
      </button>
    </th>
  );
}
