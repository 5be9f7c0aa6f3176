import { clsx, type ClassValue } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names, of which a later one wins over an earlier one about the same thing. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
