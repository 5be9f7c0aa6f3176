/** Where the focus goes when what had it is gone. */
import { useState } from "react";

/** What had it last, outside of dialogs: one dialog may have opened the next, and be gone. */
let lastOutside: Element | null = null;

/**
 * For a dialog without a trigger of its own.
 *
 * @returns Gives the focus back to what had it when the dialog opened; to the screen, if that is gone.
 */
export function useGivenBack(): () => void {
  const [opener] = useState(() => {
    const active = document.activeElement;
    // The body has it when a button that had it is disabled, as while a form is being sent.
    const isSomething = active !== null && active !== document.body;
    if (isSomething && active.closest("[role=dialog]") === null) lastOutside = active;
    return active;
  });
  return () => focusFirst(opener, lastOutside, document.getElementById("screen"));
}

function focusFirst(...candidates: readonly (Element | null)[]): void {
  for (const one of candidates) {
    // The body takes none.
    if (!(one instanceof HTMLElement) || one === document.body) continue;
    one.focus();
    if (document.activeElement === one) return;
  }
}
