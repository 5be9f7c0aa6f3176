import { LogOut, Menu, Moon, Search, Sun } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { MyTenant } from "../../../convex/views/people";
import { useSignIn } from "../auth/useAuth";
import { Button, IconButton } from "../ui/Button";
import { openPalette } from "./CommandPalette";
import { Navigation } from "./Navigation";
import { TenantSwitcher } from "./TenantSwitcher";
import { useTheme } from "./theme";

export function Header({ tenants }: { tenants: readonly MyTenant[] }) {
  const signIn = useSignIn();
  const { theme, toggleTheme } = useTheme();
  return (
    <header className="border-line bg-surface sticky top-0 z-30 flex h-14 items-center gap-2 border-b px-3 md:col-span-2 md:px-4">
      <MobileNavigation />
      <img src="/icon.svg" alt="" className="hidden size-7 md:block" />
      <TenantSwitcher tenants={tenants} />
      <div className="grow" />
      <Button
        className="text-muted hidden w-56 justify-between sm:inline-flex"
        onClick={openPalette}
      >
        <span className="flex items-center gap-2">
          <Search aria-hidden /> Find
        </span>
        <kbd className="font-sans text-xs">Ctrl K</kbd>
      </Button>
      <IconButton label="Find" className="sm:hidden" onClick={openPalette}>
        <Search aria-hidden />
      </IconButton>
      <IconButton label={theme === "dark" ? "Light theme" : "Dark theme"} onClick={toggleTheme}>
        {theme === "dark" ? <Sun aria-hidden /> : <Moon aria-hidden />}
      </IconButton>
      <IconButton label="Sign out" onClick={() => void signIn.signOut()}>
        <LogOut aria-hidden />
      </IconButton>
    </header>
  );
}

function MobileNavigation() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label="Screens" className="md:hidden">
          <Menu aria-hidden />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="bg-surface fixed inset-y-0 left-0 z-50 w-64 overflow-y-auto p-4"
        >
          <Dialog.Title className="sr-only">Screens</Dialog.Title>
          <Navigation onChosen={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
