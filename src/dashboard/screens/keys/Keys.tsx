/** What programs sign in with. */
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useMay, useTenantPages } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { DataTable } from "../../ui/DataTable";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Secret } from "../../ui/Secret";
import { Empty, Loading } from "../../ui/states";
import { NewKey } from "./NewKey";
import { useColumns } from "./useColumns";

export function Keys() {
  const mayWrite = useMay("keys:write");
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { results, status, loadMore } = useTenantPages(api.queries.keys.list, {});
  const columns = useColumns({ mayWrite, show: setSecret });
  const actions = mayWrite && (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden /> New key
    </Button>
  );
  return (
    <>
      <ScreenHeader title="API keys" actions={actions} />
      {status === "LoadingFirstPage" && <Loading lines={5} />}
      {status === "Exhausted" && results.length === 0 && (
        <Empty title="No keys yet">
          A program needs one to call this company's agents, by the native API or by any client of
          OpenAI's or Anthropic's.
        </Empty>
      )}
      {results.length > 0 && (
        <DataTable
          name="API keys"
          columns={columns}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
      {isMaking && <NewKey close={() => setMaking(false)} show={setSecret} />}
      {secret !== null && (
        <Secret
          title="The new key"
          hint="It is shown this once: only its hash is kept."
          secret={secret}
          close={() => setSecret(null)}
        />
      )}
    </>
  );
}
