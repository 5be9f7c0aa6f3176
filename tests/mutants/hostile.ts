/** What a model that obeys strangers must come up against. One mistake each, in the place that holds it back. */
import type { Mutant } from "./mutants";

const tests = ["tests/convex/hostile/hostileModel.test.ts"];

export const HOSTILE: readonly Mutant[] = [
  {
    name: "hostile model: a refused call is made",
    file: "convex/model/approvals/requests.ts",
    tests,
    find: 'return { state: "must_not", refusal: `The call was not approved.${why}` };',
    replace: 'return why === "?" ? { state: "must_not", refusal: why } : { state: "may" };',
  },
  {
    name: "hostile model: where a page leads to is asked whatever the list says",
    file: "src/tools/outbound.ts",
    tests,
    find: "if (checked.ok) return checked.url;",
    replace: "if (checked.ok) return checked.url;\n  if (isRedirect) return new URL(text);",
  },
  {
    name: "hostile model: a skill's credential is told by its server",
    file: "src/skills/httpTool.ts",
    tests,
    find: "return isTold ? text : text.replaceAll(credential, HIDDEN);",
    replace: "return isTold ? text : `${text}${credential.slice(0, 0)}`;",
  },
  {
    name: "hostile model: a skill's parameter leads to another path",
    file: "src/skills/httpTool.ts",
    tests,
    find: "if (!isAsWritten)",
    replace: 'if (!isAsWritten && url.hostname === "")',
  },
  {
    name: "hostile model: the search goes through all sessions",
    file: "convex/model/sessionHistory.ts",
    tests,
    find: '.eq("sessionId", sessionId)',
    replace: "",
  },
  {
    name: "hostile model: a handle opens whatever has its name",
    file: "convex/model/toolResults.ts",
    tests,
    find: 'q.eq("tenantId", tenantId).eq("sessionId", sessionId).eq("name", handle)',
    replace: 'q.eq("tenantId", tenantId)',
  },
];
