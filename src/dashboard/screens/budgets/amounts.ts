/** Amounts as people type them. */
import { z } from "zod";
import { parseUsd } from "../../../core/money";

/** USD with at most twelve places, or nothing. */
export const Amount = z
  .string()
  .trim()
  .refine(
    (text) => text === "" || (parseUsd(text) ?? 0n) > 0n,
    "Must be an amount above 0, such as 12.50.",
  );

/** A whole number, or nothing. */
export const Tokens = z
  .string()
  .trim()
  .refine((text) => text === "" || tokensIn(text) > 0, "Must be a whole number above 0.");

export function tokensIn(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
