/** A tenant with a row of everything. */
import { api } from "../../convex/_generated/api";
import type { Backend } from "../convex/drivers";
import { makeSpecimens, type Specimens } from "../convex/isolation/specimens";
import { firstPage, memberOf, tenantWith, type Member } from "../convex/setup";

export type World = { owner: Member; ids: Specimens };

/** @param of - What is done with the owner before their specimens are there. */
export async function openWorld(
  t: Backend,
  subject: string,
  of: (owner: Member) => Promise<void> = async () => {},
): Promise<World> {
  const owner = await tenantWith(t, { subject, maxAgents: 100 });
  const email = `${subject.replaceAll(" ", "-")}@example.com`;
  await t.run((ctx) => ctx.db.patch(owner.userId, { email }));
  await of(owner);
  const colleague = await memberOf(t, { ...owner, subject: `${subject}'s`, role: "owner" });
  const list = api.queries.memberships.list;
  const { page } = await owner.as.query(list, { paginationOpts: firstPage });
  const membership = page.find(({ userId }) => userId === colleague.userId)!;
  const ids = { tenants: owner.tenantId, users: owner.userId, memberships: membership._id };
  return { owner, ids: await makeSpecimens(t, { mark: subject, ids }) };
}
