/** The company's own accounts at model providers, and what their models cost. */
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useMay, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { DataTable } from "../../ui/DataTable";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { accountColumns } from "./accountColumns";
import { Models } from "./Models";
import { NewAccount } from "./NewAccount";
import { OwnPrices } from "./OwnPrices";

export function Providers() {
  const mayWrite = useMay("providers:write");
  const maySeePrices = useMay("costs:read");
  const [isMaking, setMaking] = useState(false);
  const accounts = useTenantQuery(api.queries.providers.list, {});
  const columns = useMemo(() => accountColumns(mayWrite), [mayWrite]);
  const make = mayWrite && (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden /> New account
    </Button>
  );
  return (
    <>
      <ScreenHeader
        title="Providers"
        hint="Runs call a provider by the company's own account, and without one by the deployment's."
        actions={make}
      />
      {accounts === undefined && <Loading lines={4} />}
      {accounts?.length === 0 && (
        <Empty title="No accounts of your own yet">
          Until there is one, the deployment's keys are used. With a key of your own, calls are
          billed to you, by your limits. Models that you host are called by an OpenAI-compatible
          address.
        </Empty>
      )}
      {accounts !== undefined && accounts.length > 0 && (
        <DataTable
          name="Accounts at providers"
          columns={columns}
          rows={accounts}
          keyOf={({ _id }) => _id}
        />
      )}
      {maySeePrices && (
        <>
          <OwnPrices />
          <Models />
        </>
      )}
      {isMaking && <NewAccount close={() => setMaking(false)} />}
    </>
  );
}
