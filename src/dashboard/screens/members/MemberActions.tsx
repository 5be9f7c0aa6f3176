import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { MembershipView } from "../../../../convex/views/people";
import { isAtLeast, ROLES, type Role } from "../../../core/permissions";
import { useTenant, useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";

const { memberships } = api.mutations;

/** Nobody changes who stands above them. */
function useMayChange({ role }: MembershipView): boolean {
  return isAtLeast(useTenant().role, role);
}

/** The roles that the person may give: none above their own. */
export function RoleChoice({ member }: { member: MembershipView }) {
  const { role: ownRole } = useTenant();
  const changeRole = useTenantMutation(memberships.changeRole);
  const act = useAct();
  const mayChange = useMayChange(member);
  // Arrow keys choose at once: what was chosen is asked for before it is done.
  const [wanted, setWanted] = useState<Role | null>(null);
  if (!mayChange) return member.role;
  return (
    <>
      <select
        aria-label={`Role of ${member.name}`}
        value={member.role}
        onChange={({ target }) => setWanted(target.value as Role)}
        className="border-control bg-surface h-8 rounded-md border px-2"
      >
        {ROLES.filter((role) => isAtLeast(ownRole, role)).map((role) => (
          <option key={role} value={role}>
            {role}
          </option>
        ))}
      </select>
      {wanted !== null && (
        <Confirm
          title={`Make ${member.name} ${wanted}?`}
          hint={`They are ${member.role} now. What they may do changes at once.`}
          verb="Change the role"
          act={() => act(() => changeRole({ id: member._id, role: wanted }))}
          close={() => setWanted(null)}
        />
      )}
    </>
  );
}

export function MemberActions({ member }: { member: MembershipView }) {
  const suspend = useTenantMutation(memberships.suspend);
  const resume = useTenantMutation(memberships.resume);
  const remove = useTenantMutation(memberships.remove);
  const act = useAct();
  const mayChange = useMayChange(member);
  const [asked, setAsked] = useState<"suspend" | "remove" | null>(null);
  if (!mayChange) return null;
  const { _id: id, name, status } = member;
  const close = () => setAsked(null);
  return (
    <span className="flex gap-2">
      {status === "active" ? (
        <Button size="sm" onClick={() => setAsked("suspend")}>
          Suspend
        </Button>
      ) : (
        <Button size="sm" onClick={() => void act(() => resume({ id }))}>
          Resume
        </Button>
      )}
      <Button size="sm" tone="danger" onClick={() => setAsked("remove")}>
        Remove
      </Button>
      {asked === "suspend" && (
        <Confirm
          title={`Suspend ${name}?`}
          hint="They lose access at once, until they are resumed. API keys that they answer for end for good."
          verb="Suspend"
          act={() => act(() => suspend({ id }))}
          close={close}
        />
      )}
      {asked === "remove" && (
        <Confirm
          title={`Remove ${name}?`}
          hint="They are in the company no longer, and API keys that they answer for end. They can be invited again."
          verb="Remove"
          act={() => act(() => remove({ id }))}
          close={close}
        />
      )}
    </span>
  );
}
