import type { Page } from "playwright-core";
import { api, internal } from "../../../convex/_generated/api";
import type { Role } from "../../../src/core/permissions";
import { adminOf, userOf } from "../../support/startProcess";
import { WIDTHS, type World } from "./world";

const everybody = { paginationOpts: { cursor: null, numItems: 50 } };

/** A browser of the demo's second person, whose role becomes this one. */
export async function personWith(
  world: World,
  role: Role,
  width: number = WIDTHS.desk,
): Promise<Page> {
  const owner = userOf(world.ready);
  const { page: members } = await owner.query(api.queries.memberships.list, everybody);
  const member = members.find(({ name }) => name === "Demo viewer");
  if (member === undefined) throw new Error("the demo has no second person");
  const { _id: id, userId } = member;
  await owner.mutation(api.mutations.memberships.changeRole, { id, role });
  const made = await adminOf(world.ready).action(internal.jobs.auth.links.signIn, { userId });
  const { token } = made as { token: string };
  const page = await world.stranger(width);
  await page.goto(new URL(`/open#${token}`, world.ready.dashboardUrl).href);
  await page.getByRole("heading", { name: "Home" }).waitFor();
  return page;
}
