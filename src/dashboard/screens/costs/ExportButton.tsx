import { Download } from "lucide-react";
import { useState } from "react";
import { useSignIn } from "../../auth/useAuth";
import { useTenant } from "../../data/tenant";
import { useDeployment } from "../../data/useDeployment";
import { Button } from "../../ui/Button";
import { saveCsv } from "../../ui/saveCsv";
import { tell } from "../../ui/tell";

/** Every call of the period as CSV. It adds up to what the screen says. */
export function ExportButton({ period }: { period: string }) {
  const { siteUrl } = useDeployment();
  const { tenantId, slug } = useTenant();
  const signIn = useSignIn();
  const [isBusy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const token = await signIn.token({ isForced: false });
      const address = `${siteUrl}/api/v1/costs/export?${new URLSearchParams({ period, format: "csv" })}`;
      const headers = { authorization: `Bearer ${token ?? ""}`, "x-tenant-id": tenantId };
      const answer = await fetch(address, { headers });
      if (!answer.ok) throw new Error(`The export answered ${answer.status}`);
      saveCsv(`costs-${slug}-${period}.csv`, await answer.blob());
    } catch (error) {
      tell(`The export did not work. ${String(error)}`);
    }
    setBusy(false);
  };
  return (
    <Button disabled={isBusy} onClick={() => void download()}>
      <Download aria-hidden /> {isBusy ? "Exporting…" : "Export as CSV"}
    </Button>
  );
}
