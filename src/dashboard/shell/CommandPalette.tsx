import { useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";
import { useTenant } from "../data/tenant";
import { Boundary } from "../ui/Boundary";
import { loaded } from "../ui/loaded";
import type { ScreenPath } from "./screens";

const PaletteDialog = loaded(() => import("./PaletteDialog"));
/** After what the first screen needs. */
const PRELOAD_AFTER_MS = 500;
const OPEN = "agentik:palette";

export function openPalette(): void {
  window.dispatchEvent(new Event(OPEN));
}

/** Ctrl+K or ⌘K, anywhere. What is in it is loaded before it is asked for: what one types at once would be lost. */
export function CommandPalette() {
  const [isOpen, setOpen] = useState(false);
  const { slug } = useTenant();
  const navigate = useNavigate();
  useEffect(() => {
    // If it fails now, it is loaded when it is opened.
    const preload = setTimeout(
      () => void PaletteDialog.preload().catch(() => {}),
      PRELOAD_AFTER_MS,
    );
    return () => clearTimeout(preload);
  }, []);
  useEffect(() => {
    const open = () => setOpen(true);
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      // What is typed or shown in a dialog goes first.
      setOpen((was) => !was && document.querySelector("[role=dialog]") === null);
    };
    window.addEventListener(OPEN, open);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener(OPEN, open);
      window.removeEventListener("keydown", onKey);
    };
  }, []);
  if (!isOpen) return null;
  const go = (to: ScreenPath) => {
    setOpen(false);
    void navigate({ to, params: { tenant: slug } });
  };
  return (
    <Boundary instead={null} onFailed={() => setOpen(false)}>
      <Suspense fallback={null}>
        <PaletteDialog close={() => setOpen(false)} go={go} />
      </Suspense>
    </Boundary>
  );
}
