/** The compatible API. One mistake each. */
import type { Mutant } from "./mutants";

const CHAT = ["tests/rest/chat.test.ts"];
const ATTENDED = ["tests/convex/attendedRuns.test.ts"];

export const COMPATIBLE: readonly Mutant[] = [
  {
    name: "compatible: what a client gives is held at nothing",
    file: "convex/model/runs/context.ts",
    find: "(given?.sizes.tokensMax ?? 0)",
    replace: "0",
    tests: CHAT,
  },
  {
    name: "compatible: a reply that was cut says that it is whole",
    file: "src/completions/chatAnswer.ts",
    find: 'length: "length",',
    replace: 'length: "stop",',
    tests: CHAT,
  },
  {
    name: "compatible: a stream ends without [DONE]",
    file: "src/completions/chatAnswer.ts",
    find: "return `${last}${usage}data: [DONE]\\n\\n`;",
    replace: "return `${last}${usage}`;",
    tests: CHAT,
  },
  {
    name: "compatible: who leaves is not heard of",
    file: "convex/rest/compatible/liveCall.ts",
    find: "if (this.#hasLeft || this.#outcome !== null) return;",
    replace: "if (!this.#hasLeft || this.#outcome !== null) return;",
    tests: CHAT,
  },
  {
    name: "compatible: a cut stream ends without a word",
    file: "src/completions/chatAnswer.ts",
    find: "return `data: ${JSON.stringify({ error: openAiError(failure) })}\\n\\ndata: [DONE]\\n\\n`;",
    replace: "return failure.message === null ? `` : `data: [DONE]\\n\\n`;",
    tests: CHAT,
  },
  {
    name: "compatible: the cost of earlier replies is left out",
    file: "convex/model/completions/outcome.ts",
    find: ".take(EVENTS_MAX);",
    replace: ".take(1);",
    tests: CHAT,
  },
  {
    name: "compatible: a key calls providers' models without the right to",
    file: "convex/model/completions/target.ts",
    find: 'if (!scope.actor.permissions.has(permission)) fail({ kind: "forbidden", permission });',
    replace: "",
    tests: CHAT,
  },
  {
    name: "compatible: the agent's own tools are made beside the client's",
    file: "convex/model/completions/handed.ts",
    find: "if (!toolCalls.some(isTheirs)) return null;",
    replace: "if (!toolCalls.every(isTheirs)) return null;",
    tests: CHAT,
  },
  {
    name: "compatible: tools that wait for people are offered",
    file: "convex/model/completions/requests.ts",
    find: "({ name, approval }) => approvalNeeded(toolNamed(name).toolClass, approval) === null,",
    replace: '({ name }) => toolNamed(name).name !== "",',
    tests: CHAT,
  },
  {
    name: "compatible: the client's bound on the reply is not kept to",
    file: "convex/model/runs/context.ts",
    find: "outputTokens: Math.min(maxOutputTokens, budget.outputTokens),",
    replace: "outputTokens: Math.max(0, budget.outputTokens),",
    tests: CHAT,
  },
  {
    name: "compatible: responses are read across tenants",
    file: "convex/model/completions/responses.ts",
    find: "const isTheirs = run?.tenantId === scope.tenantId && mayRead(scope, run);",
    replace: "const isTheirs = run !== null && mayRead(scope, run);",
    tests: CHAT,
  },
  {
    name: "compatible: a call whose caller died is made again",
    file: "convex/model/runs/reap.ts",
    find: "if (found.isAttended === true) {",
    replace: "if (found.isAttended === undefined) {",
    tests: ATTENDED,
  },
  {
    name: "compatible: a worker goes on with a call whose caller is gone",
    file: "convex/model/runs/work.ts",
    find: "if (run.isAttended === true) {",
    replace: "if (run.isAttended === undefined) {",
    tests: ATTENDED,
  },
  {
    name: "compatible: what was given outlives its run",
    file: "convex/model/completions/requests.ts",
    find: "if (request === null || request.isKept) return;",
    replace: "if (request === null || !request.isKept) return;",
    tests: ATTENDED,
  },
];
