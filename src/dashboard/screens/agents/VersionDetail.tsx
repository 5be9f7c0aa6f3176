import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useMay, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Empty, Loading } from "../../ui/states";
import { useAct } from "../../ui/useAct";
import { TextDiff } from "./TextDiff";
import { readable, settingName } from "./words";

type VersionDetailProps = { agentId: Id<"agents">; version: number; current: number };

/** What a version changed, or in what it differs from what the agent is now. */
export function VersionDetail({ agentId, version, current }: VersionDetailProps) {
  const isFirst = version === 1;
  const isCurrent = version === current;
  const [compares, setCompares] = useState<"before" | "now">(isFirst ? "now" : "before");
  const isBefore = compares === "before" && !isFirst;
  return (
    <div className="border-line space-y-3 border-t p-4">
      <div className="flex flex-wrap items-center gap-2">
        <div role="group" aria-label="Compare with" className="flex grow flex-wrap gap-2">
          {!isFirst && (
            <Choice isOn={isBefore} choose={() => setCompares("before")}>
              What it changed
            </Choice>
          )}
          {!isCurrent && (
            <Choice isOn={!isBefore} choose={() => setCompares("now")}>
              What changed since
            </Choice>
          )}
        </div>
        {!isCurrent && <Restore agentId={agentId} version={version} />}
      </div>
      {isFirst && isCurrent ? (
        <Empty title="Nothing has changed since" />
      ) : (
        <Diff
          agentId={agentId}
          from={isBefore ? version - 1 : version}
          to={isBefore ? version : current}
        />
      )}
    </div>
  );
}

type ChoiceProps = { isOn: boolean; choose: () => void; children: string };

function Choice({ isOn, choose, children }: ChoiceProps) {
  return (
    <Button
      size="sm"
      aria-pressed={isOn}
      className="aria-pressed:bg-accent-soft aria-pressed:text-accent"
      onClick={choose}
    >
      {children}
    </Button>
  );
}

function Diff({ agentId, from, to }: { agentId: Id<"agents">; from: number; to: number }) {
  const changes = useTenantQuery(api.queries.agents.diff, { agentId, from, to });
  if (changes === undefined) return <Loading />;
  if (changes.length === 0) return <Empty title="They are the same" />;
  return (
    <dl className="space-y-3">
      {changes.map(({ field, from: before, to: after }) => (
        <div key={field}>
          <dt className="mb-1 font-medium">{settingName(field)}</dt>
          <dd>
            <TextDiff from={readable(before)} to={readable(after)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Restore({ agentId, version }: { agentId: Id<"agents">; version: number }) {
  const mayWrite = useMay("agents:write");
  const restore = useTenantMutation(api.mutations.agents.restore);
  const act = useAct();
  const [isAsking, setAsking] = useState(false);
  if (!mayWrite) return null;
  return (
    <>
      <Button size="sm" tone="primary" onClick={() => setAsking(true)}>
        Restore version {version}
      </Button>
      {isAsking && (
        <Confirm
          title={`Make it what it was at version ${version}?`}
          hint="That is a new version: what it is now stays in the list, and can come back. Runs under way go on as they were."
          verb="Restore"
          act={() => act(() => restore({ agentId, version }))}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
}
