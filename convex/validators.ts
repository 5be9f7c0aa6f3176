/**
 * The shapes that are stored: closed sets and the objects that more than one table or function shares, by
 * the tables of `schema/` that they are for.
 *
 * Imports nothing else of `convex/`, because the schema imports it. What doors return stands in `views.ts`.
 */
export * from "./validators/administration";
export * from "./validators/agents";
export * from "./validators/budgets";
export * from "./validators/money";
export * from "./validators/people";
export * from "./validators/prices";
export * from "./validators/webhooks";
export * from "./validators/work";
