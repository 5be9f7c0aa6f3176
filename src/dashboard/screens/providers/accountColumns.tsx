import type { ProviderView } from "../../../../convex/views/administration";
import { Badge } from "../../ui/Badge";
import type { Column } from "../../ui/DataTable";
import { Moment } from "../../ui/values";
import { AccountActions } from "./AccountActions";
import { PROVIDER_NAMES } from "../../data/providers";

export function accountColumns(mayWrite: boolean): readonly Column<ProviderView>[] {
  const told: Column<ProviderView>[] = [
    { name: "Name", cell: ({ name }) => name, value: ({ name }) => name },
    {
      name: "Provider",
      cell: ({ provider, baseUrl }) => (
        <>
          {PROVIDER_NAMES[provider]}
          <span className="text-subtle block text-xs break-all">{baseUrl}</span>
        </>
      ),
      value: ({ provider, baseUrl }) =>
        baseUrl === undefined ? provider : `${provider} ${baseUrl}`,
      sortBy: ({ provider }) => PROVIDER_NAMES[provider],
    },
    {
      name: "Key",
      cell: ({ credentialMask }) =>
        credentialMask === undefined ? (
          <span className="text-subtle">none</span>
        ) : (
          <code className="font-mono text-xs">{credentialMask}</code>
        ),
      value: ({ credentialMask }) => credentialMask ?? "",
    },
    {
      name: "Status",
      cell: ({ status }) => (
        <Badge tone={status === "enabled" ? "good" : "neutral"}>{status}</Badge>
      ),
      value: ({ status }) => status,
    },
    {
      name: "Changed",
      cell: ({ updatedAt }) => <Moment atMs={updatedAt} />,
      value: ({ updatedAt }) => new Date(updatedAt).toISOString(),
    },
  ];
  if (!mayWrite) return told;
  return [...told, { name: "Change", cell: (account) => <AccountActions account={account} /> }];
}
