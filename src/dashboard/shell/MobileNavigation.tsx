import { Menu } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { IconButton } from "../ui/Button";
import { Navigation } from "./Navigation";

/** The navigation where there is no room beside the screen. */
export default function MobileNavigation() {
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
