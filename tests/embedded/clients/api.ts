/** The fixture project's functions, typed (a fixture has no `_generated` folder). */
import type { ApiFromModules } from "convex/server";
import { anyApi } from "convex/server";
import type * as counters from "../../fixtures/projects/clients/convex/counters";
import type * as messages from "../../fixtures/projects/clients/convex/messages";
import type * as users from "../../fixtures/projects/clients/convex/users";

export const PROJECT = "tests/fixtures/projects/clients";

export const api = anyApi as unknown as ApiFromModules<{
  counters: typeof counters;
  messages: typeof messages;
  users: typeof users;
}>;
