import { LogOut, Menu, Moon, Search, Sun } from "lucide-react";
import { Suspense } from "react";
import type { MyTenant } from "../../../convex/views/people";
import { useSignIn } from "../auth/useAuth";
import { useTenant } from "../data/tenant";
import { Boundary } from "../ui/Boundary";
import { Button, IconButton } from "../ui/Button";
import { loaded } from "../ui/loaded";
import { openPalette } from "./CommandPalette";
import { useTheme } from "./theme";

// Menus are half as much code as all that is seen at first.
const TenantSwitcher = loaded(() => import("./TenantSwitcher"));
const MobileNavigation = loaded(() => import("./MobileNavigation"));

export function Header({ tenants }: { tenants: readonly MyTenant[] }) {
  const signIn = useSignIn();
  const { name } = useTenant();
  const { theme, toggleTheme } = useTheme();
  return (
    <header className="border-line bg-surface sticky top-0 z-30 flex h-14 items-center gap-2 border-b px-3 md:col-span-2 md:px-4">
      <Boundary instead={<NavigationFailed />}>
        <Suspense fallback={null}>
          <MobileNavigation />
        </Suspense>
      </Boundary>
      <img src="/icon.svg" alt="" className="hidden size-7 md:block" />
      <Boundary instead={<span className="truncate font-semibold">{name}</span>}>
        <Suspense fallback={null}>
          <TenantSwitcher tenants={tenants} />
        </Suspense>
      </Boundary>
      <div className="grow" />
      <Button
        className="text-subtle hidden w-56 justify-between sm:inline-flex"
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

/** The page anew brings what did not come. */
function NavigationFailed() {
  return (
    <IconButton label="Screens" className="md:hidden" onClick={() => window.location.reload()}>
      <Menu aria-hidden />
    </IconButton>
  );
}
