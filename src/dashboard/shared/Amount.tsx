import { formatUsd } from "../../core/money";
import { Count, Money } from "../ui/values";
import type { Measure } from "./measure";

type AmountProps = { unit: Measure["unit"]; of: bigint };

/** What a budget counts: money, or tokens. */
export function Amount({ unit, of }: AmountProps) {
  if (unit === "usd") return <Money usd={formatUsd(of)} />;
  return (
    <>
      <Count of={of} /> tokens
    </>
  );
}
