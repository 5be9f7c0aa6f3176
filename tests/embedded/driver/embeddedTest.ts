/**
 * convex-test's facade on the embedded runtime, in this process: the same suite runs on both.
 *
 *     const t = await embeddedTest({ project: "tests/fixtures/projects/conformance" });
 *     await t.mutation(api.notes.add, { … });
 *     await t.close();
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  getFunctionName,
  type FunctionReference,
  type GenericDataModel,
  type GenericMutationCtx,
  type UserIdentity,
} from "convex/server";
import { ConvexError, convexToJson, jsonToConvex, type Value } from "convex/values";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Push } from "../../../src/embedded/deploy/types";
import type { Identity } from "../../../src/embedded/engine/types";
import type { FunctionError } from "../../../src/embedded/execution/types";
import { createAssembly } from "../../../src/embedded/runtime/createRuntime";
import type { Assembly } from "../../../src/embedded/runtime/runtime";
import type { FunctionReply, FunctionRequest } from "../../../src/embedded/runtime/types";
import type { JsonObject } from "../../../src/embedded/values/json";
import { actingAs, runInline, type Handler } from "./inlineFunctions";

type AnyFunction = FunctionReference<"query" | "mutation" | "action", "public" | "internal">;
type Args = Record<string, unknown>;

export type EmbeddedTestOptions = {
  /** The project's folder, with its functions in `convex/` (or where its `convex.json` says), or its bundle. */
  project?: string | Push;
  /** A data folder to start on a copy of: with what was deployed to it, when no project is named. */
  from?: string;
  environment?: Record<string, string>;
  /** A data folder to keep; without it, a temporary one that `close` removes. */
  data?: string;
  /** How long each mutation counts as having taken when conflicts are judged. */
  occWindowMs?: number;
};

/** Starts a runtime that serves the project. Crons do not run. */
export async function embeddedTest(options: EmbeddedTestOptions): Promise<EmbeddedTest> {
  const folder = options.data ?? mkdtempSync(join(tmpdir(), "embedded-test-"));
  if (options.from !== undefined) cpSync(options.from, folder, { recursive: true });
  const { occWindowMs } = options;
  const assembly = await createAssembly({
    folder,
    runCrons: false,
    ...(occWindowMs !== undefined && { occWindowMs }),
  });
  const removeData = () => {
    if (options.data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await assembly.runtime.setEnvironment(options.environment ?? {});
    const { project } = options;
    const push = typeof project === "string" ? await bundleProject(project) : project;
    if (push !== undefined) await assembly.runtime.deploy(push);
  } catch (error) {
    await assembly.runtime.close({ graceMs: 0 });
    removeData();
    throw error;
  }
  return new EmbeddedTest(assembly, { kind: "none" }, removeData);
}

export class EmbeddedTest {
  readonly #assembly: Assembly;
  readonly #identity: Identity;
  readonly #removeData: () => void;

  constructor(assembly: Assembly, identity: Identity, removeData: () => void) {
    this.#assembly = assembly;
    this.#identity = identity;
    this.#removeData = removeData;
  }

  get runtime(): Assembly["runtime"] {
    return this.#assembly.runtime;
  }

  async query(fn: AnyFunction | Handler, args?: Args): Promise<unknown> {
    if (typeof fn === "function") return await this.#runInline("query", fn as Handler);
    return decode(await this.runtime.query(this.#request(fn, args)));
  }

  async mutation(fn: AnyFunction | Handler, args?: Args): Promise<unknown> {
    if (typeof fn === "function") return await this.#runInline("mutation", fn as Handler);
    return decode(await this.runtime.mutation(this.#request(fn, args)));
  }

  async action(fn: AnyFunction | Handler, args?: Args): Promise<unknown> {
    if (typeof fn === "function") return await this.#runInline("action", fn as Handler);
    return decode(await this.runtime.action(this.#request(fn, args)));
  }

  /** Runs `handler` as a mutation written in place, which may read and write any table. */
  async run<T>(handler: (ctx: GenericMutationCtx<GenericDataModel>) => Promise<T>): Promise<T> {
    return (await this.#runInline("mutation", handler as Handler)) as T;
  }

  async fetch(path: string, init?: RequestInit): Promise<Response> {
    if (!path.startsWith("/")) throw new Error("A path to fetch starts with a /.");
    return await this.runtime.httpAction(new Request(`https://some.convex.site${path}`, init), {
      identity: this.#identity,
      requestId: crypto.randomUUID(),
      request: { ip: null, userAgent: null },
    });
  }

  withIdentity(attributes: Partial<UserIdentity>): EmbeddedTest {
    const issuer = attributes.issuer ?? "https://convex.test";
    const subject = attributes.subject ?? JSON.stringify(attributes);
    const tokenIdentifier = attributes.tokenIdentifier ?? `${issuer}|${subject}`;
    const identity: Identity = {
      kind: "user",
      tokenIdentifier,
      expiresAtMs: null,
      attributes: { ...attributes, issuer, subject } as JsonObject,
    };
    return new EmbeddedTest(this.#assembly, identity, this.#removeData);
  }

  /** Waits for the scheduled functions that run now. */
  async finishInProgressScheduledFunctions(): Promise<void> {
    const { scheduler } = this.#assembly;
    scheduler.wake();
    for (;;) {
      await scheduler.settled();
      if (scheduler.counts().running + scheduler.counts().due === 0) return;
    }
  }

  /** Advances the (fake) clock until no scheduled function is left, those they schedule included. */
  async finishAllScheduledFunctions(advanceTimers: () => void, maxIterations = 100): Promise<void> {
    const { scheduler } = this.#assembly;
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      // Arms its timer on the clock that is in place now.
      scheduler.wake();
      advanceTimers();
      await this.finishInProgressScheduledFunctions();
      const { running, due, waiting } = scheduler.counts();
      if (running + due + waiting === 0) return;
    }
    throw new Error("finishAllScheduledFunctions: too many iterations.");
  }

  async close(): Promise<void> {
    await this.runtime.close({ graceMs: 1_000 });
    this.#removeData();
  }

  async #runInline(kind: "query" | "mutation" | "action", handler: Handler): Promise<unknown> {
    const text = await runInline(this.#assembly, { kind, handler }, this.#identity);
    return jsonToConvex(JSON.parse(text) as never);
  }

  #request(fn: AnyFunction, args: Args = {}): FunctionRequest {
    const encoded = convexToJson(withoutUndefined(args) as Value);
    return {
      path: getFunctionName(fn),
      args: JSON.stringify(encoded),
      // An admin who acts as the caller: tests may call internal functions.
      identity: { kind: "admin", actingAs: actingAs(this.#identity) },
      requestId: crypto.randomUUID(),
      request: { ip: null, userAgent: null },
    };
  }
}

function withoutUndefined(args: Args): Args {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

function decode(reply: FunctionReply): unknown {
  if (reply.ok) return jsonToConvex(JSON.parse(reply.value) as never);
  throw toError(reply.error);
}

/** As the clients throw it. */
function toError({ message, data }: FunctionError): Error {
  if (data === undefined) return new Error(message);
  const error = new ConvexError(jsonToConvex(JSON.parse(data) as never));
  error.message = message;
  return error;
}
