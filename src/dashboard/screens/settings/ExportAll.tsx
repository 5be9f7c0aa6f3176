import { useConvex } from "convex/react";
import { Download } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { everyPage } from "../../data/everyPage";
import { useTenant } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { saveFile } from "../../ui/saveFile";
import { useAct } from "../../ui/useAct";

/** All that the company has, as lines of JSON. */
export function ExportAll() {
  const { tenantId, slug } = useTenant();
  const convex = useConvex();
  const act = useAct();
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await act(async () => {
      const pages = await everyPage((from) =>
        convex.query(api.queries.exports.page, { tenantId, ...from }),
      );
      saveFile(`${slug}.ndjson`, new Blob(pages, { type: "application/x-ndjson" }));
    });
    setBusy(false);
  };
  return (
    <Button disabled={isBusy} onClick={() => void go()}>
      <Download aria-hidden /> {isBusy ? "Exporting…" : "Export everything"}
    </Button>
  );
}
