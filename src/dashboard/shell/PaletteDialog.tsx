import { useNavigate, type LinkProps } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { useRef, useState } from "react";
import { permissionsOf } from "../../core/permissions";
import { useTenant } from "../data/tenant";
import { toggleExactTimes, useExactTimes } from "../ui/exactTimes";
import { useGivenBack } from "../ui/focus";
import { useSettled } from "../ui/useSettled";
import { PaletteResults } from "./PaletteResults";
import { screensFor, type ScreenPath } from "./screens";
import { useTheme } from "./theme";

type PaletteProps = { close: () => void; go: (to: ScreenPath) => void };

const PAUSE_MS = 250;
const ITEM =
  "flex cursor-pointer items-center gap-2 rounded px-2 py-2 data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent";

export default function PaletteDialog({ close, go }: PaletteProps) {
  const { role } = useTenant();
  const { theme, toggleTheme } = useTheme();
  const isExact = useExactTimes();
  const giveBack = useGivenBack();
  const hasGone = useRef(false);
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const settled = useSettled(text.trim(), PAUSE_MS);
  const goTo = (link: LinkProps) => {
    hasGone.current = true;
    close();
    void navigate(link);
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Whoever has gone elsewhere begins there.
            if (!hasGone.current) giveBack();
          }}
          className="border-line bg-surface fixed top-[12vh] left-1/2 z-50 w-[min(36rem,92vw)] -translate-x-1/2 rounded-xl border p-2 shadow-2xl"
        >
          <Dialog.Title className="sr-only">Find</Dialog.Title>
          <Command label="Find">
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Find a screen, a session, an agent, or anything by its id"
              className="border-line mb-2 h-11 w-full border-b bg-transparent px-2 outline-none"
            />
            <Command.List className="max-h-80 overflow-y-auto">
              <Command.Empty className="text-subtle p-4 text-center">
                {/* A list of choices has one, if only to say that there is none. */}
                <span role="option" aria-disabled aria-selected={false}>
                  {settled === text.trim() ? "Nothing is called that." : "Looking…"}
                </span>
              </Command.Empty>
              {settled !== "" && <PaletteResults text={settled} go={goTo} />}
              {screensFor(permissionsOf(role)).map((group) => (
                <Command.Group
                  key={group.name}
                  heading={group.name}
                  className="text-subtle text-xs"
                >
                  {group.screens.map(({ to, name, icon: Icon }) => (
                    <Command.Item
                      key={to}
                      value={`${group.name} ${name}`}
                      onSelect={() => {
                        hasGone.current = true;
                        go(to);
                      }}
                      className={`${ITEM} text-ink text-sm`}
                    >
                      <Icon className="size-4" aria-hidden /> {name}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
              <Command.Group heading="Actions" className="text-subtle text-xs">
                <Command.Item
                  onSelect={() => {
                    toggleTheme();
                    close();
                  }}
                  className={`${ITEM} text-ink text-sm`}
                >
                  {theme === "dark" ? "Light theme" : "Dark theme"}
                </Command.Item>
                <Command.Item
                  onSelect={() => {
                    toggleExactTimes();
                    close();
                  }}
                  className={`${ITEM} text-ink text-sm`}
                >
                  {isExact ? "Times by how long ago" : "Times by the calendar"}
                </Command.Item>
              </Command.Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
