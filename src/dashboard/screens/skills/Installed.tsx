import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { InstalledSkillView } from "../../../../convex/views/skills";
import { useMay, useTenant, useTenantPages } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/states";
import { Count } from "../../ui/values";
import { InstalledActions } from "./InstalledActions";

/** What an agent has been given. */
export function Installed({ agentId }: { agentId: Id<"agents"> }) {
  const { slug: tenant } = useTenant();
  const columns = useColumns();
  const { results, status, loadMore } = useTenantPages(api.queries.skills.installed, { agentId });
  if (status === "LoadingFirstPage") return <Loading lines={4} />;
  if (results.length === 0) {
    const action = (
      <Button asChild>
        <Link to="/$tenant/skills" params={{ tenant }}>
          Look for one
        </Link>
      </Button>
    );
    return (
      <Empty title="It has no skills" action={action}>
        A skill gives it instructions for something special, or a request that it may make.
      </Empty>
    );
  }
  return (
    <DataTable
      name="Installed skills"
      columns={columns}
      rows={results}
      keyOf={({ _id }) => _id}
      pages={{ status, loadMore }}
    />
  );
}

function useColumns(): readonly Column<InstalledSkillView>[] {
  const { slug: tenant } = useTenant();
  const mayWrite = useMay("skills:write");
  return useMemo(() => {
    const told: Column<InstalledSkillView>[] = [
      {
        name: "Skill",
        cell: ({ skillId, name }) => (
          <Link
            to="/$tenant/skills/$skillId"
            params={{ tenant, skillId }}
            className="text-accent underline"
          >
            {name}
          </Link>
        ),
        value: ({ skillId }) => skillId,
        sortBy: ({ name }) => name,
      },
      { name: "Status", cell: statusOf, value: ({ status }) => status },
      {
        name: "Version",
        cell: ({ version, latestVersion }) => (
          <span className="whitespace-nowrap">
            {version}{" "}
            {latestVersion !== undefined && latestVersion !== version && (
              <Badge tone="accent">{latestVersion} is there</Badge>
            )}
          </span>
        ),
        value: ({ version }) => version,
      },
      {
        name: "May",
        cell: ({ grantedPermissions }) => (
          <span className="font-mono text-xs">{grantedPermissions.join(", ")}</span>
        ),
        value: ({ grantedPermissions }) => grantedPermissions.join(" "),
      },
      {
        name: "Approval",
        cell: ({ approval }) => approvalOf(approval),
        value: ({ approval }) => approvalOf(approval),
      },
      {
        name: "Uses",
        isNumber: true,
        cell: ({ useCount }) => <Count of={useCount} />,
        value: ({ useCount }) => useCount,
      },
    ];
    if (!mayWrite) return told;
    return [...told, { name: "Change", cell: (skill) => <InstalledActions skill={skill} /> }];
  }, [tenant, mayWrite]);
}

function statusOf({ status, isUsable, lastError, latestVersion }: InstalledSkillView) {
  if (latestVersion === undefined) return <Badge tone="bad">its publisher is gone</Badge>;
  if (status === "error") return <Badge tone="bad">{lastError ?? "failed"}</Badge>;
  if (status === "disabled") return <Badge tone="warn">switched off</Badge>;
  // The agent was restored to a version from before it.
  if (!isUsable) return <Badge tone="warn">not of this version of the agent</Badge>;
  return <Badge tone="good">in use</Badge>;
}

function approvalOf(approval: InstalledSkillView["approval"]): string {
  if (approval === undefined) return "where it changes something";
  return approval.required ? `of each call, by ${approval.role ?? "operator"}` : "never";
}
