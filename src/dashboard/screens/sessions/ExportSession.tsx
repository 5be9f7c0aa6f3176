import { useConvex } from "convex/react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SessionView } from "../../../../convex/views";
import { everyPage } from "../../data/everyPage";
import { useTenant } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Field";
import { saveFile } from "../../ui/saveFile";
import { useAct } from "../../ui/useAct";
import { FORMATS, type Format } from "./exportLines";

type ExportSessionProps = { session: SessionView; close: () => void };

/** All that there is of a session, as a file. */
export function ExportSession({ session, close }: ExportSessionProps) {
  const { _id: sessionId, title = "session" } = session;
  const { tenantId } = useTenant();
  const convex = useConvex();
  const act = useAct();
  const [format, setFormat] = useState<Format>("ndjson");
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    const of = { tenantId, sessionId };
    const lines = await everyPage((from) =>
      convex.query(api.queries.exports.session, { ...of, ...from }),
    );
    const { content, type } = FORMATS[format].write(lines.join(""));
    saveFile(`${fileName(title)}.${format}`, new Blob([content], { type }));
    close();
  };
  const go = async () => {
    setBusy(true);
    await act(save);
    setBusy(false);
  };
  return (
    <Dialog title={`Export "${title}"`} close={close}>
      <SelectField
        label="As"
        value={format}
        hint={FORMATS[format].hint}
        onChange={({ target }) => setFormat(target.value as Format)}
      >
        {Object.entries(FORMATS).map(([value, { name }]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </SelectField>
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={close}>Leave it</Button>
        <Button tone="primary" disabled={isBusy} onClick={() => void go()}>
          {isBusy ? "Exporting…" : "Export"}
        </Button>
      </div>
    </Dialog>
  );
}

/** What every file system takes. */
function fileName(title: string): string {
  return (
    title
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .trim()
      .slice(0, 60) || "session"
  );
}
