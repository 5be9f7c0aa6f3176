/**
 * One deliberate mistake each, and the tests that must notice it. `npm run mutants` makes each of them in a
 * copy of the tree. The suites of `src/core`, `src/pricing` and the sync session run mutants of their own.
 */
import { ACCOUNTING } from "./accounting";
import { APPROVALS } from "./approvals";
import { RUN_LIMITS } from "./limits";
import { ATTACHED_FILES } from "./attachedFiles";
import { ATTACHMENTS } from "./attachments";
import { AUTH } from "./auth";
import { BUDGET_POLICIES } from "./budgetPolicies";
import { BUDGETS } from "./budgets";
import { CHANNEL_MUTANTS } from "./channels";
import { CLI } from "./cli";
import { COMPATIBLE } from "./compatible";
import { COMPONENTS } from "./components";
import { CONTEXT } from "./context";
import { CONSENSUS } from "./consensus";
import { COST_REPORT_MUTANTS } from "./costReports";
import { COSTS } from "./costs";
import { EXPORTS } from "./exports";
import { FILES } from "./files";
import { HOSTILE } from "./hostile";
import { HTTP_GET } from "./httpGet";
import { IMPORTS } from "./imports";
import { LARGE_RESULTS } from "./largeResults";
import { LIVE_REPLIES } from "./liveReplies";
import { MEMORY } from "./memory";
import { NATIVE } from "./native";
import { OPERATIONS } from "./operations";
import { OWNERSHIP } from "./ownership";
import { PEOPLE } from "./people";
import { PROVIDERS } from "./providers";
import { READS_AND_COMMITS } from "./readsAndCommits";
import { REST_CALLS } from "./restCalls";
import { SEARCHES } from "./search";
import { SIGN_INS } from "./signIn";
import { SKILL_CALLS } from "./skillCalls";
import { SKILLS } from "./skills";
import { SKILL_TURNS } from "./skillTurns";
import { DRIVING } from "./driving";
import { TOOLS } from "./tools";
import { TRACES } from "./traces";
import { WEBHOOKS } from "./webhooks";
import { WHOLE_REPLIES } from "./wholeReplies";

export type Mutant = Readonly<{
  name: string;
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  /** Test files, one of which must fail. */
  tests: readonly string[];
}>;

const ENGINE = "src/embedded/engine";
const RUNTIME = "src/embedded/runtime";

const READ_SETS = ["tests/embedded/engine/readSets.test.ts"];
const TRANSACTIONS = ["tests/embedded/engine/transaction.test.ts"];
const COMMITS = ["tests/embedded/runtime/commits.test.ts"];
const JOBS = ["tests/embedded/runtime/scheduler.test.ts", "tests/embedded/runtime/jobs.test.ts"];
const PUSHES = ["tests/embedded/pushes/pushSteps.test.ts"];
const LOGS = ["tests/embedded/server/logStream.test.ts"];
const LIVE = ["tests/embedded/runtime/liveQueries.test.ts"];
const SYSTEM = ["tests/embedded/system/systemQueries.test.ts"];
const LIMIT_TESTS = ["tests/embedded/runtime/limits.test.ts"];
const CONTENTION = [
  "tests/embedded/runtime/contention.test.ts",
  "tests/embedded/runtime/contentionWindow.test.ts",
];
const FENCING = ["tests/convex/fencing.test.ts"];
const TURN = ["tests/convex/turn.test.ts"];
const TOOL_TURN = ["tests/convex/toolTurn.test.ts"];
const AGENTS = ["tests/convex/agents.test.ts"];

export const MUTANTS: readonly Mutant[] = [
  ...READS_AND_COMMITS,
  ...OPERATIONS,
  ...CLI,
  ...CONTEXT,
  ...COMPATIBLE,
  ...COMPONENTS,
  ...CONSENSUS,
  ...AUTH,
  ...SIGN_INS,
  ...TRACES,
  ...WEBHOOKS,
  ...SKILL_CALLS,
  ...SKILL_TURNS,
  ...FILES,
  ...ATTACHMENTS,
  ...ATTACHED_FILES,
  ...EXPORTS,
  ...IMPORTS,
  ...OWNERSHIP,
  ...BUDGET_POLICIES,
  ...BUDGETS,
  ...COSTS,
  ...COST_REPORT_MUTANTS,
  ...ACCOUNTING,
  ...PEOPLE,
  ...SKILLS,
  ...APPROVALS,
  ...RUN_LIMITS,
  ...DRIVING,
  ...TOOLS,
  ...HOSTILE,
  ...HTTP_GET,
  ...MEMORY,
  ...PROVIDERS,
  ...LARGE_RESULTS,
  ...LIVE_REPLIES,
  ...WHOLE_REPLIES,
  ...CHANNEL_MUTANTS,
  {
    name: "ownership: a key acts in any tenant",
    file: "convex/model/access.ts",
    find: "if (tenantId !== undefined && tenantId !== key.tenantId) return noSuchTenant(tenantId);",
    replace: "",
    tests: ["tests/convex/isolation/matrix.test.ts"],
  },
  {
    name: "ownership: scopes of a key are not asked for",
    file: "convex/model/access.ts",
    find: "if (!actor.permissions.has(permission)) fail",
    replace: 'if (actor.kind === "user" && !actor.permissions.has(permission)) fail',
    tests: ["tests/convex/isolation/matrix.test.ts"],
  },
  ...REST_CALLS,
  ...NATIVE,
  ...SEARCHES,
  {
    name: "a query does not note what it has read",
    file: `${ENGINE}/syscalls.ts`,
    find: 'if (source?.kind === "index" && consumed !== null) {',
    replace: "if (source === null && consumed !== null) {",
    tests: READ_SETS,
  },
  {
    name: "a limited read notes one row too few",
    file: `${ENGINE}/scan.ts`,
    find: "{ lower: range.lower, upper: keySuccessor(key) }",
    replace: "{ lower: range.lower, upper: key }",
    tests: READ_SETS,
  },
  {
    name: "an empty read notes nothing",
    file: `${ENGINE}/scan.ts`,
    find: "if (this.exhausted) return range;",
    replace: "if (this.exhausted && this.key !== null) return range;",
    tests: READ_SETS,
  },
  {
    name: "rolling back a nested call keeps its writes",
    file: `${ENGINE}/transaction.ts`,
    find: "this.documents.overlay.rollbackTo(writeCount);",
    replace: "void writeCount;",
    tests: TRANSACTIONS,
  },
  {
    name: "a scan forgets a row that the transaction deleted",
    file: `${ENGINE}/scan.ts`,
    find: "if (written.text !== null) return this.moveTo(written, written.text);",
    replace: 'return this.moveTo(written, written.text ?? "{}");',
    tests: ["tests/embedded/engine/queries.test.ts"],
  },
  {
    name: "callers are told before the commit is durable",
    file: `${RUNTIME}/committer.ts`,
    find: "if (batch.transactions.length > 0) store.commit(batch.tsMicros);",
    replace:
      "for (const settle of batch.settle.splice(0)) settle();\n      if (batch.transactions.length > 0) store.commit(batch.tsMicros);",
    tests: COMMITS,
  },
  {
    name: "a failed commit leaves the catalogue as it is",
    file: `${RUNTIME}/committer.ts`,
    find: "    options.afterRollback();\n",
    replace: "",
    tests: COMMITS,
  },
  {
    name: "an action's job can start twice",
    file: `${RUNTIME}/jobs.ts`,
    find: 'return state.kind === "pending" ? { kind: "inProgress" } : null;',
    replace: 'return isOpen(state) ? { kind: "inProgress" } : null;',
    tests: JOBS,
  },
  {
    name: "a cancelled job can still succeed",
    file: `${RUNTIME}/jobs.ts`,
    find: 'return state.kind === "inProgress" ? { kind: "success" } : null;',
    replace: 'return { kind: "success" };',
    tests: JOBS,
  },
  {
    name: "a repeated client request runs again",
    file: `${RUNTIME}/clientRequests.ts`,
    find: "if (parts.length === 0) return null;",
    replace: "if (parts.length >= 0) return null;",
    tests: COMMITS,
  },
  {
    name: "only the first change of a commit touches live queries",
    file: `${RUNTIME}/liveQueries.ts`,
    find: "else noted.push(...footprints);",
    replace: "else noted.push(...footprints.slice(0, 1));",
    tests: LIVE,
  },
  {
    name: "everyone may ask system queries",
    file: `${RUNTIME}/access.ts`,
    find: 'if (identity.kind !== "admin" || !name.startsWith(SYSTEM_FOLDER)) return null;',
    replace: "if (!name.startsWith(SYSTEM_FOLDER)) return null;",
    tests: SYSTEM,
  },
  {
    name: "an admin's answer to a system query is shared with everyone",
    file: `${RUNTIME}/functionCalls.ts`,
    find: "observed: { identity: true, time: false },\n        };",
    replace: "observed: { identity: false, time: false },\n        };",
    tests: SYSTEM,
  },
  {
    name: "everyone may run queries that come with their code",
    file: "src/embedded/server/http/functions.ts",
    find: "const identity = await call.requireAdmin();\n  const body = await readJsonObject(call.request);\n  const { source }",
    replace:
      "const identity = await call.identity();\n  const body = await readJsonObject(call.request);\n  const { source }",
    tests: ["tests/embedded/system/inlineQueries.test.ts"],
  },
  {
    name: "an action's lines come a second time at its end",
    file: "src/embedded/server/logs/logStream.ts",
    find: 'return kind === "action" || kind === "httpAction" ? [] : logLines;',
    replace: 'return kind === "httpAction" ? [] : logLines;',
    tests: LOGS,
  },
  {
    name: "everyone may read the logs",
    file: "src/embedded/server/http/logs.ts",
    find: "await call.requireAdmin();",
    replace: "await call.identity();",
    tests: LOGS,
  },
  {
    name: "a push takes unchanged modules without looking at their hashes",
    file: "src/embedded/server/http/deploy/pushRequest.ts",
    find: "hashOf(module) === wanted.sha256;",
    replace: 'wanted.sha256 !== "";',
    tests: PUSHES,
  },
  {
    name: "a push that is refused is served all the same",
    file: `${RUNTIME}/stagedPush.ts`,
    find: 'if (this.#state.kind === "failed") throw this.#state.error;',
    replace: 'if (this.#state.kind === "failed") this.#state = { kind: "prepared" };',
    tests: PUSHES,
  },
  {
    name: "a push serves as soon as it is prepared",
    file: `${RUNTIME}/stagedPush.ts`,
    find: 'this.#state = { kind: "prepared" };\n  }',
    replace:
      'this.#state = { kind: "prepared" };\n    await this.#host.serve(this.#checked, this.#stage);\n  }',
    tests: PUSHES,
  },
  {
    name: "a push that was overtaken is served",
    file: `${RUNTIME}/stagedPush.ts`,
    find: "if (!holds && stage.needsPreparation) throw raceDetected();",
    replace: "",
    tests: PUSHES,
  },
  {
    name: "a push is served with other variables than it was checked with",
    file: `${RUNTIME}/stagedPush.ts`,
    find: "if (this.#host.variables() !== variables) throw raceDetected();",
    replace: "void variables;",
    tests: PUSHES,
  },
  {
    name: "a result is shared with every caller",
    file: `${RUNTIME}/queryCache.ts`,
    find: "identity: run.observed.identity ? identityKey(call.identity) : null,",
    replace: "identity: null,",
    tests: LIVE,
  },
  {
    name: "contention: a mutation is retried once more",
    file: `${RUNTIME}/contention/retries.ts`,
    find: "{ retriesMax: 4,",
    replace: "{ retriesMax: 5,",
    tests: CONTENTION,
  },
  {
    name: "contention: the window includes its edge",
    file: `${RUNTIME}/contention/window.ts`,
    find: "commit.tsMicros <= beganMicros) break;",
    replace: "commit.tsMicros < beganMicros) break;",
    tests: CONTENTION,
  },
  {
    name: "contention: a commit leaves the window too early",
    file: `${RUNTIME}/contention/window.ts`,
    find: "this.#forgetUntil(commit.tsMicros - this.#lengthMicros);",
    replace: "this.#forgetUntil(commit.tsMicros - this.#lengthMicros / 2);",
    tests: CONTENTION,
  },
  {
    name: "contention: only the first key of a commit is looked at",
    file: `${RUNTIME}/contention/window.ts`,
    find: "for (let at = footprint.length - 1; at >= 0; at--) {",
    replace: "for (let at = footprint.length - 1; at > 0; at--) {",
    tests: CONTENTION,
  },
  {
    name: "contention: the end of a read interval belongs to it",
    file: `${ENGINE}/readSet.ts`,
    find: "if (upper === null || compareKeys(upper, key) > 0) high = middle;",
    replace: "if (upper === null || compareKeys(upper, key) >= 0) high = middle;",
    tests: CONTENTION,
  },
  {
    name: "contention: a caller conflicts with what it was told of",
    file: `${RUNTIME}/contention/contention.ts`,
    find: "this.#callers.tell(caller, committed.tsMicros);",
    replace: "this.#callers.tell(caller, 0);",
    tests: CONTENTION,
  },
  {
    name: "contention: a retry is judged from the first attempt's beginning",
    file: `${RUNTIME}/contention/contention.ts`,
    find: "        afterMicros = error.tsMicros;\n",
    replace: "",
    tests: CONTENTION,
  },
  {
    name: "contention: what was undone still conflicts",
    file: `${RUNTIME}/committer.ts`,
    find: "    judge?.undoneAfter(store.lastTsMicros());\n",
    replace: "",
    tests: CONTENTION,
  },
  {
    name: "contention: a mutation that wrote nothing is judged",
    file: `${RUNTIME}/committer.ts`,
    find: "if (work.attempt !== null && decision.commit && tx.hasWrites) {",
    replace: "if (work.attempt !== null && decision.commit) {",
    tests: CONTENTION,
  },
  {
    name: "contention: a job conflicts with what scheduled it",
    file: `${RUNTIME}/scheduler.ts`,
    find: "add({ ...job, afterMicros: tsMicros });",
    replace: "add(job);",
    tests: CONTENTION,
  },
  {
    name: "limits: functions are warned only at the limit",
    file: `${RUNTIME}/usage/warnings.ts`,
    find: "const RATIO = 0.8;",
    replace: "const RATIO = 0.99;",
    tests: LIMIT_TESTS,
  },
  {
    name: "limits: only the first call of a function is metered",
    file: `${RUNTIME}/usage/usageMeter.ts`,
    find: "if (use[name] > highest.use[name]) highest.use[name] = use[name];",
    replace: "if (highest.calls === 1) highest.use[name] = use[name];",
    tests: LIMIT_TESTS,
  },
  {
    name: "limits: results may be nested without end",
    file: "src/embedded/execution/outcome.ts",
    find: "return isModest(text) ? null : checkValue(JSON.parse(text) as Json);",
    replace: "return isModest(text) ? null : null;",
    tests: ["tests/embedded/runtime/valueLimits.test.ts"],
  },
  {
    name: "another tenant's row passes for one's own",
    file: "convex/model/access.ts",
    find: "if (row === null || row.tenantId !== scope.tenantId) fail(",
    replace: "if (row === null) fail(",
    tests: AGENTS,
  },
  {
    name: "every role may do everything",
    file: "convex/model/access.ts",
    find: 'if (!actor.permissions.has(permission)) fail({ kind: "forbidden", permission });',
    replace: "",
    tests: AGENTS,
  },
  {
    name: "a worker without the lease still holds the run",
    file: "convex/model/runs/state.ts",
    find: "return isWorking(run.state) && run.state.leaseToken === leaseToken;",
    replace: 'return isWorking(run.state) && leaseToken !== "";',
    tests: FENCING,
  },
  {
    name: "an attempt is booked each time it is reported",
    file: "convex/model/costs/attempts.ts",
    find: "if (booked === null) {",
    replace: "if (booked === null || booked !== null) {",
    tests: FENCING,
  },
  {
    name: "the ledger forgets the tenant's totals",
    file: "convex/model/costs/ledger.ts",
    find: "      totalCostPico,\n    },\n  };",
    replace: "      totalCostPico: 0n,\n    },\n  };",
    tests: TURN,
  },
  {
    name: "tool turn: results are not told to the model",
    file: "src/context/prompt.ts",
    find: "toolCalls: toolCalls.map((call) => ({ ...call, result: call.result ?? NO_RESULT })),",
    replace: "toolCalls: [],",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: a call without a result is sent as it is",
    file: "src/context/prompt.ts",
    find: "({ ...call, result: call.result ?? NO_RESULT })",
    replace: "call",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: round after round without end",
    file: "convex/model/runs/finish.ts",
    find: "if (rounds.length < roundsMax)",
    replace: "if (rounds.length < roundsMax * 10)",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: the next message's pieces have numbers that were used",
    file: "convex/model/runs/finish.ts",
    find: "chunkCount: report.nextSeq",
    replace: "chunkCount: run.chunkCount",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: a worker without the lease reports results",
    file: "convex/model/runs/tools.ts",
    find: "  if (found === null) return false;\n  const { scope, run } = found;",
    replace:
      "  const run = await ctx.db.get('runs', runId);\n  if (run === null) return found !== null;\n  const scope = { tenantId: run.tenantId } as Parameters<typeof ToolResults.claim>[1];",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: steps of a lost worker run for ever",
    file: "convex/model/runs/reap.ts",
    find: "  await loseSteps(ctx, run, nowMs);\n",
    replace: "",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: tools run although the run was cancelled",
    file: "convex/model/runs/tools.ts",
    find: "  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return null;\n",
    replace: "",
    tests: TOOL_TURN,
  },
  {
    name: "tool turn: an agent calls tools that it was not given",
    file: "convex/jobs/toolCalls.ts",
    find: "const granted = tools.find((tool) => tool.name === name);",
    replace: "const granted = tools[0] ?? tools.find((tool) => tool.name === name);",
    tests: TOOL_TURN,
  },
  {
    name: "streams: an abort waits for a frame that never comes",
    file: "src/providers/streamCall.ts",
    find: "next = await Promise.race([frames.next(), watch.stopped]);",
    replace: "next = await frames.next();",
    tests: ["tests/src/providers/streams.test.ts"],
  },
  {
    name: "streams: a tool call that is said twice is made twice",
    file: "src/providers/streamCall.ts",
    find: "if (progress.toolCallIds.has(event.toolCallId)) continue;",
    replace: "",
    tests: ["tests/src/providers/streams.test.ts"],
  },
  {
    name: "fallback: what had begun to arrive is said again by another model",
    file: "src/providers/retry.ts",
    find: "return !streamed && failureClass",
    replace: "return failureClass",
    tests: TURN,
  },
  {
    name: "fallback: a request at fault is sent elsewhere",
    file: "src/providers/retry.ts",
    find: 'failureClass !== "invalid_request" && ',
    replace: "",
    tests: TURN,
  },
  {
    name: "fallback: another model is paid at the price of the first",
    file: "convex/model/costs/attempts.ts",
    find: "model = step.model } = attempt;",
    replace: "} = attempt;\n  const model = 'claude-opus-4-6';",
    tests: TURN,
  },
  {
    name: "fallback: a model that was given up is called again",
    file: "convex/model/runs/modelChoice.ts",
    find: "(one) => !givenUp.some(",
    replace: "(one) => true || !givenUp.some(",
    tests: TURN,
  },
  {
    name: "busy: whoever may send may interrupt",
    file: "convex/model/runs/turn.ts",
    find: 'if (!scope.actor.permissions.has(permission)) fail({ kind: "forbidden", permission });',
    replace: "",
    tests: TURN,
  },
  {
    name: "busy: a message that must not wait waits",
    file: "convex/model/runs/turn.ts",
    find: 'if (whenBusy === "reject") {',
    replace: 'if (whenBusy !== "reject" && whenBusy !== "interrupt") {',
    tests: TURN,
  },
  {
    name: "busy: the session is taken as it was before its runs ended",
    file: "convex/model/runs/turn.ts",
    find: '  return (await ctx.db.get("sessions", sessionId)) ?? session;',
    replace: "  return session;",
    tests: TURN,
  },
  {
    name: "busy: only the run whose turn it is is cancelled",
    file: "convex/model/runs/cancel.ts",
    find: "for (const { _id: runId } of unfinished.toSorted((a, b) => b.turn - a.turn)) {",
    replace: "for (const { _id: runId } of unfinished.slice(-1)) {",
    tests: TURN,
  },
  {
    name: "a run is claimed out of its session's turn",
    file: "convex/model/runs/work.ts",
    find: "if (session?.activeRunId !== runId) return false;",
    replace: "if (session === null) return false;",
    tests: [...FENCING, ...TURN],
  },
];
