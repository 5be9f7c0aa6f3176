/**
 * Ids in the address bar, where anything may stand. The deployment refuses what is no id before any door answers, and a
 * production deployment of Convex Cloud does not say why: what cannot be one is therefore not asked for.
 *
 * Only the form is checked. An id of another table, or one with a character changed, is asked for all the same, and
 * what is shown then is up to how much the deployment says; see `messageOf`.
 */
import { notFound } from "@tanstack/react-router";
import type { Id, TableNames } from "../../../convex/_generated/dataModel";

/** 19 to 23 bytes in Crockford's base32; see `src/embedded/values/ids.ts`. */
const ID = /^[0-9a-hjkmnp-tv-z]{31,37}$/;

export function isId<Table extends TableNames>(value: unknown): value is Id<Table> {
  return typeof value === "string" && ID.test(value);
}

/**
 * For a route of one thing: with something else in its place there is no such page.
 *
 * @param other - What may stand there beside ids, such as "new" for one that is still to be made.
 */
export function idParam<Name extends string>(name: Name, other?: string) {
  return {
    parse: (params: Record<Name, string>) => {
      if (!isId(params[name]) && params[name] !== other) throw notFound();
      return params;
    },
  };
}
