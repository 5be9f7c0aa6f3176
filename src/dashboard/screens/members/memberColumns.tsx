import type { MembershipView } from "../../../../convex/views/people";
import { Badge } from "../../ui/Badge";
import type { Column } from "../../ui/DataTable";
import { Moment } from "../../ui/values";
import { MemberActions, RoleChoice } from "./MemberActions";

export function columnsOf(mayWrite: boolean): readonly Column<MembershipView>[] {
  const told: Column<MembershipView>[] = [
    { name: "Name", cell: ({ name }) => name, value: ({ name }) => name },
    { name: "E-mail", cell: ({ email }) => email ?? "", value: ({ email }) => email },
    {
      name: "Role",
      cell: (member) => (mayWrite ? <RoleChoice member={member} /> : member.role),
      value: ({ role }) => role,
    },
    {
      name: "Status",
      cell: ({ status }) => <Badge tone={status === "active" ? "good" : "warn"}>{status}</Badge>,
      value: ({ status }) => status,
    },
    {
      name: "Since",
      cell: ({ createdAt }) => <Moment atMs={createdAt} />,
      value: ({ createdAt }) => new Date(createdAt).toISOString(),
    },
  ];
  if (!mayWrite) return told;
  return [...told, { name: "Change", cell: (member) => <MemberActions member={member} /> }];
}
