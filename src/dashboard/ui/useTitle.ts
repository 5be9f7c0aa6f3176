import { useEffect, useRef, type RefObject } from "react";

/** Where whoever is read to is told on which screen they are; see `TenantShell`. */
export const PLACE_ID = "place";

let lastPath: string | null = null;

/**
 * Names the tab by its screen. When the screen has changed it is read out, and if what had the focus is gone with the
 * last one, the heading has it.
 *
 * @returns For the heading, which has `tabIndex={-1}`.
 */
export function useTitle(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Agentik`;
    const { pathname } = window.location;
    const isOther = lastPath !== null && lastPath !== pathname;
    lastPath = pathname;
    if (!isOther) return;
    const place = document.getElementById(PLACE_ID);
    if (place !== null) place.textContent = title;
    if (document.activeElement === document.body) heading.current?.focus();
  }, [title]);
  return heading;
}
