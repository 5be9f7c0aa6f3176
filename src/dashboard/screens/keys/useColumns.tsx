import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { KeyView } from "../../../../convex/views";
import { useTenantAction } from "../../data/tenant";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import type { Column } from "../../ui/DataTable";
import { useAct } from "../../ui/useAct";
import { Moment } from "../../ui/values";
import { RevokeButton } from "./RevokeButton";

const TONES: Readonly<Record<KeyView["status"], Tone>> = {
  active: "good",
  revoked: "bad",
  expired: "neutral",
};

type Options = { mayWrite: boolean; show: (secret: string) => void };

/** @param show - Shows the key that takes another one's place. */
export function useColumns({ mayWrite, show }: Options): readonly Column<KeyView>[] {
  const rotate = useTenantAction(api.actions.keys.rotate);
  const act = useAct();
  return useMemo(() => {
    const told: Column<KeyView>[] = [
      { name: "Name", cell: ({ name }) => name, value: ({ name }) => name },
      {
        name: "Key",
        cell: ({ keyId }) => <code className="font-mono text-xs">ak_live_{keyId}…</code>,
        value: ({ keyId }) => keyId,
      },
      {
        name: "Status",
        cell: ({ status }) => <Badge tone={TONES[status]}>{status}</Badge>,
        value: ({ status }) => status,
      },
      {
        name: "May",
        cell: ({ scopes }) => <span title={scopes.join(", ")}>{scopes.length} things</span>,
        value: ({ scopes }) => scopes.join(" "),
        sortBy: ({ scopes }) => scopes.length,
      },
      {
        name: "Last used",
        cell: ({ lastUsedAt }) =>
          lastUsedAt === undefined ? "never" : <Moment atMs={lastUsedAt} />,
        value: ({ lastUsedAt }) =>
          lastUsedAt === undefined ? "" : new Date(lastUsedAt).toISOString(),
      },
      {
        name: "Expires",
        cell: ({ expiresAt }) => <Moment atMs={expiresAt} />,
        value: ({ expiresAt }) => new Date(expiresAt).toISOString(),
      },
    ];
    if (!mayWrite) return told;
    const change: Column<KeyView> = {
      name: "Change",
      cell: ({ _id: id, name, status }) =>
        status === "active" && (
          <span className="flex gap-2">
            <Button
              size="sm"
              onClick={() => void act(async () => show((await rotate({ id })).key))}
            >
              Rotate
            </Button>
            <RevokeButton id={id} name={name} />
          </span>
        ),
    };
    return [...told, change];
  }, [mayWrite, rotate, act, show]);
}
