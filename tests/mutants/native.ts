/** The native API: one mistake each. */
import type { Mutant } from "./mutants";

const API = ["tests/rest/native.test.ts"];
const BODIES = ["tests/rest/bodies.test.ts"];
const TABLE = ["tests/rest/table.test.ts"];
const EVERY = ["tests/rest/everyRoute.test.ts"];
const APP = "convex/rest/native/app.ts";
const CALL = "convex/rest/native/call.ts";

export const NATIVE: readonly Mutant[] = [
  {
    name: "native API: a route asks for less than its door",
    file: "convex/rest/routes/agents.ts",
    find: 'const execute = { permission: "skills:execute" }',
    replace: 'const execute = { permission: "skills:read" }',
    tests: TABLE,
  },
  {
    name: "native API: what is known already is sent again",
    file: CALL,
    find: "if (knows(call.request, etag))",
    replace: 'if (etag === "")',
    tests: API,
  },
  {
    name: "native API: a tag says nothing of the content",
    file: CALL,
    find: "(await sha256(text)).slice(0, 32)",
    replace: "(await sha256(call.route.at)).slice(0, 32)",
    tests: API,
  },
  {
    name: "native API: readers are not told of their limits",
    file: CALL,
    find: "return await fresh(call, { value, headers: rateHeaders(rate) });",
    replace: "return await fresh(call, { value, headers: {} });",
    tests: EVERY,
  },
  {
    name: "native API: any text goes to a door as an id",
    file: CALL,
    find: 'if (type === "id") return [{ table: validator.tableName, text: value as string }];',
    replace: 'if (type === "id") return [];',
    tests: API,
  },
  {
    name: "native API: what is no JSON by its type is left unread",
    file: "convex/rest/native/definition.ts",
    find: 'content: { "application/json": media }',
    replace: 'content: { "application/json": media, "text/plain": media }',
    tests: BODIES,
  },
  {
    name: "native API: strangers are told what is wrong",
    file: APP,
    find: "  await requireCredential(c.env.ctx, c.req.raw);\n",
    replace: "",
    tests: BODIES,
  },
  {
    name: "native API: bodies may be of any size",
    file: APP,
    find: "BODY_BYTES_MAX = 1024 * 1024",
    replace: "BODY_BYTES_MAX = 1024 * 1024 * 1024",
    tests: API,
  },
  {
    name: "native API: a cursor of another list is a mistake of ours",
    file: APP,
    find: 'error.message.includes("InvalidCursor")',
    replace: 'error.message.includes("NoCursor")',
    tests: API,
  },
  {
    name: "native API: a wrong method is a wrong path",
    file: APP,
    find: "if (allowed.length > 0) return",
    replace: "if (allowed.length > 99) return",
    tests: API,
  },
  {
    name: "native API: unknown fields are let through",
    file: "convex/rest/native/schemas.ts",
    find: "(mode.isStrict ? z.strictObject : z.object)",
    replace: "(mode.isStrict ? z.object : z.object)",
    tests: API,
  },
  {
    name: "native API: quotas are asked for again in vain",
    file: "convex/rest/native/problems.ts",
    find: 'failure.kind === "limit_reached" ? { "x-should-retry": "false" } : {}',
    replace: "{}",
    tests: API,
  },
  {
    name: "native API: pages of any origin may read",
    file: "convex/rest/native/cors.ts",
    find: " || !allowed.includes(origin)",
    replace: "",
    tests: API,
  },
];
