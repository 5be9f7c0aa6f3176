/** What a system query is: a function of the runtime's own, which admins call like one of the project's. */
import { z } from "zod";
import type { Deployment } from "../deploy/types";
import { UserError, type Catalog, type ComponentPath, type Transaction } from "../engine/types";

/**
 * What a system query may look at. Rows go through `tx`, so that a commit which touches them runs the query
 * again; the rest only changes in commits after which every query runs again.
 */
export type SystemView = Readonly<{
  tx: Transaction;
  /** The component asked about; "" for the app. */
  componentPath: ComponentPath;
  catalog: Catalog;
  deployment: Deployment | null;
  /** The variables that were set. */
  variables: Readonly<Record<string, string>>;
  /** The variables that functions of the component see. */
  environment: Readonly<Record<string, string>>;
}>;

/**
 * @param args - The encoded arguments object.
 * @returns JSON text of the encoded result.
 * @throws UserError - The arguments are not what the query takes, or what it asks for does not exist.
 */
export type SystemQuery = (view: SystemView, args: unknown) => string;

export function systemQuery<Args>(
  args: z.ZodType<Args>,
  handler: (view: SystemView, args: Args) => string,
): SystemQuery {
  return (view, given) => {
    const parsed = args.safeParse(given);
    if (parsed.success) return handler(view, parsed.data);
    throw new UserError(
      `The arguments do not match: ${z.prettifyError(parsed.error)}`,
      "ArgumentValidationError",
    );
  };
}
