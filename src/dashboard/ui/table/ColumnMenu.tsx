import { Check, Columns3 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { Button } from "../Button";

type Choosable = {
  id: string;
  getIsVisible: () => boolean;
  toggleVisibility: (isVisible: boolean) => void;
};

/** Which columns are shown. The last of them stays. */
export function ColumnMenu({ columns }: { columns: readonly Choosable[] }) {
  const isLast = columns.filter((column) => column.getIsVisible()).length === 1;
  return (
    // What is chosen shows at once behind it: the table stays there for all readers.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button size="sm" tone="quiet">
          <Columns3 aria-hidden /> Columns
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          className="border-line bg-surface z-50 max-h-96 min-w-44 overflow-y-auto rounded-md border p-1 shadow-lg"
        >
          {columns.map((column) => (
            <DropdownMenu.CheckboxItem
              key={column.id}
              checked={column.getIsVisible()}
              disabled={isLast && column.getIsVisible()}
              onCheckedChange={(isChecked) => column.toggleVisibility(isChecked)}
              // Open until all are chosen.
              onSelect={(event) => event.preventDefault()}
              className="data-highlighted:bg-sunken group flex items-center gap-2 rounded px-2 py-1.5 data-disabled:opacity-50"
            >
              <Check className="invisible size-4 group-data-[state=checked]:visible" aria-hidden />
              {column.id}
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
