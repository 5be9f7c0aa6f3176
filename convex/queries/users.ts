/** Who one is. */
import { query } from "../_generated/server";
import { requireUser } from "../model/access";
import * as Accounts from "../model/auth/accounts";
import { vMe } from "../views/auth";

/** The signed-in person, by whatever provider they signed in; their tenants are `queries.tenants.mine`. */
export const me = query({
  args: {},
  returns: vMe,
  handler: async (ctx) => {
    const user = await requireUser(ctx);
    return Accounts.toMe(user);
  },
});
