/** A provider's failure as an attempt keeps it, and as its tenant is told. */
import type { ProviderError } from "../../src/providers/provider";
import { beginningOf } from "../lib/texts";
import type { AttemptError } from "../validators";

const LENGTH_MAX = 1_000;

export function toAttemptError({ failureClass, status, message }: ProviderError): AttemptError {
  return { failureClass, status, message: beginningOf(message, LENGTH_MAX) };
}

export function sentenceOf({ provider, failureClass, message }: ProviderError): string {
  return `${provider} failed (${failureClass}): ${beginningOf(message, LENGTH_MAX)}`;
}
