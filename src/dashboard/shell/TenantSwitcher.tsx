import { useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { MyTenant } from "../../../convex/views/people";
import { useTenant } from "../data/tenant";
import { Button } from "../ui/Button";

/** The tenants that the person is in. Which one is looked at stands in the address, so that tabs may differ. */
export default function TenantSwitcher({ tenants }: { tenants: readonly MyTenant[] }) {
  const { tenantId, name } = useTenant();
  const navigate = useNavigate();
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <Button tone="quiet" className="min-w-0 px-2 font-semibold" aria-label={`Company: ${name}`}>
          <span className="truncate">{name}</span>
          <ChevronsUpDown className="text-subtle" aria-hidden />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          className="border-line bg-surface z-50 max-h-96 min-w-56 overflow-y-auto rounded-md border p-1 shadow-lg"
        >
          {tenants.map((tenant) => (
            <DropdownMenu.Item
              key={tenant.tenantId}
              disabled={tenant.membershipStatus !== "active"}
              onSelect={() => void navigate({ to: "/$tenant", params: { tenant: tenant.slug } })}
              className="data-highlighted:bg-sunken flex items-center gap-2 rounded px-2 py-1.5 data-disabled:opacity-50"
            >
              <Check
                className={tenant.tenantId === tenantId ? "size-4" : "invisible size-4"}
                aria-hidden
              />
              <span className="grow truncate">{tenant.name}</span>
              <span className="text-subtle text-xs">{tenant.role}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
