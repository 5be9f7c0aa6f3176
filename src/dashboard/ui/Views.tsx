import { cn } from "./classes";

type ViewsProps<View extends string> = {
  /** What they are views of. */
  label: string;
  views: readonly { view: View; name: string; className?: string }[];
  current: View;
  choose: (view: View) => void;
};

/** The views of one thing, of which one is shown. */
export function Views<View extends string>({ label, views, current, choose }: ViewsProps<View>) {
  return (
    <nav aria-label={label} className="border-line mb-4 overflow-x-auto border-b">
      <ul className="flex gap-1">
        {views.map(({ view, name, className }) => (
          <li key={view} className={className}>
            <button
              type="button"
              aria-current={view === current ? "page" : undefined}
              onClick={() => choose(view)}
              className={cn(
                "text-subtle border-b-2 border-transparent px-3 py-2 font-medium whitespace-nowrap",
                "aria-[current=page]:border-accent aria-[current=page]:text-ink hover:text-ink",
              )}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
