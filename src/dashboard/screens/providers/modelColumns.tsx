import type { ModelView } from "../../../../convex/views/prices";
import type { TokenClass } from "../../../pricing/usage";
import { BILLED } from "../../shared/billed";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import type { Column } from "../../ui/DataTable";
import { Count, Money } from "../../ui/values";
import type { PriceOf } from "./NewPrice";

/** @param price - Opens the form for a price of the company's own; null: they may not make one. */
export function modelColumns(price: ((of: PriceOf) => void) | null): readonly Column<ModelView>[] {
  const told: Column<ModelView>[] = [
    {
      name: "Model",
      cell: ({ provider, model, name, retiresOn }) => (
        <>
          {name} {retiresOn !== null && <Badge tone="warn">until {retiresOn}</Badge>}
          <code className="text-subtle block font-mono text-xs">
            {provider}/{model}
          </code>
        </>
      ),
      value: ({ provider, model }) => `${provider}/${model}`,
      sortBy: ({ name }) => name,
    },
    {
      name: "Reads at most",
      isNumber: true,
      cell: ({ contextTokens }) => contextTokens !== null && <Count of={contextTokens} />,
      value: ({ contextTokens }) => contextTokens ?? "",
    },
    rate("inputFresh"),
    rate("cacheRead"),
    rate("output"),
    {
      name: "By",
      cell: ({ price: holding }) =>
        holding === null ? (
          <Badge tone="warn">no price</Badge>
        ) : holding.source === "override" ? (
          <Badge tone="accent">your price</Badge>
        ) : (
          <span className="whitespace-nowrap" title={holding.priceVersion}>
            price book
          </span>
        ),
      value: ({ price: holding }) => holding?.priceVersion ?? "",
      sortBy: ({ price: holding }) => holding?.source,
    },
  ];
  if (price === null) return told;
  const own: Column<ModelView> = {
    name: "Change",
    cell: ({ provider, model }) => (
      <Button
        size="sm"
        aria-label={`Set a price for ${model}`}
        onClick={() => price({ provider, model })}
      >
        Set a price
      </Button>
    ),
  };
  return [...told, own];
}

/** USD for a million tokens of a class; of long inputs it may be more. */
function rate(tokens: TokenClass): Column<ModelView> {
  return {
    name: `${BILLED[tokens]}, a million`,
    isNumber: true,
    cell: ({ price }) => {
      const usd = price?.usdPerMillion[tokens];
      return usd === undefined ? <span className="text-subtle">–</span> : <Money usd={usd} />;
    },
    value: ({ price }) => price?.usdPerMillion[tokens] ?? "",
  };
}
