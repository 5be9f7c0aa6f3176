/** What `convex env` asks. */
import { z } from "zod";
import { systemQuery } from "./types";

/** The variables that were set, by name. */
export const listVariables = systemQuery(z.object({}), ({ variables }) => {
  const names = Object.keys(variables).sort();
  return JSON.stringify(names.map((name) => ({ name, value: variables[name] ?? "" })));
});

/** One variable as functions see it, those that the runtime sets included; or null. */
export const getVariable = systemQuery(z.object({ name: z.string() }), ({ environment }, args) => {
  const value = Object.hasOwn(environment, args.name) ? environment[args.name] : undefined;
  return JSON.stringify(value === undefined ? null : { name: args.name, value });
});

/** The address of the deployment. */
export const cloudUrl = systemQuery(z.object({}), ({ environment }) =>
  JSON.stringify(environment["CONVEX_CLOUD_URL"] ?? null),
);
