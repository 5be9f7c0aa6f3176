/**
 * A runtime of plain JavaScript functions over one object in memory, so that the server's own rules
 * can be tested without the rest, with every commit under the test's control.
 */
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import type { Identity } from "../../../src/embedded/engine/types";
import {
  CommitError,
  type FunctionReply,
  type FunctionRequest,
  type MutationReply,
  type QueryReply,
  RequestError,
  type Runtime,
  type Watch,
} from "../../../src/embedded/runtime/types";
import type { JsonObject } from "../../../src/embedded/values/json";

export type FakeContext = {
  data: Record<string, unknown>;
  identity: Identity;
  request: FunctionRequest;
};
type FakeFunction = (context: FakeContext, args: JsonObject) => unknown;
export type FakeFunctions = Record<string, { kind: string; internal?: boolean; run: FakeFunction }>;

/** Thrown by a function to fail like one that throws a ConvexError. */
export class Failure extends Error {
  readonly data: unknown;
  constructor(message: string, data?: unknown) {
    super(message);
    this.data = data;
  }
}

type FakeWatch = {
  key: string;
  request: FunctionRequest & { journal?: string | null };
  reply: QueryReply;
};

export class FakeRuntime implements Runtime {
  data: Record<string, unknown> = {};
  tsMicros = 1_700_000_000_000_000;
  functions: FakeFunctions;
  providers: readonly AuthProvider[] = [];
  requests: FunctionRequest[] = [];
  variables: Record<string, string> = {};
  openWatches = 0;
  /** What live queries show; the newest commit when null. */
  shownMicros: number | null = null;
  advanceRequests = 0;
  respond: (request: Request, identity: Identity) => Response | Promise<Response> = () =>
    new Response("No matching routes found", { status: 404 });
  /** A mutation waits for it before it commits. */
  beforeMutation: (request: FunctionRequest) => Promise<void> | void = () => {};
  readonly #watches = new Map<FakeWatch, number>();
  readonly #advanceListeners = new Set<(tsMicros: number) => void>();
  readonly #authListeners = new Set<(providers: readonly AuthProvider[]) => void>();
  readonly #replies = new Map<string, MutationReply>();

  /** What the store fails with, if it does. */
  storeFailure: Error | null = null;

  constructor(functions: FakeFunctions) {
    this.functions = functions;
  }

  /** Changes the data as a commit by someone else would. */
  commit(change: (data: Record<string, unknown>) => void): void {
    change(this.data);
    this.tsMicros += 10;
    for (const watch of this.#watches.keys()) watch.reply = this.#query(watch.request);
    for (const listener of this.#advanceListeners) listener(this.tsMicros);
  }

  setProviders(providers: readonly AuthProvider[]): void {
    this.providers = providers;
    for (const listener of this.#authListeners) listener(providers);
  }

  readonly live: Runtime["live"] = {
    watch: (request) => this.#watch(request),
    tsMicros: () => this.shownMicros ?? this.tsMicros,
    onAdvance: (listener) => {
      this.#advanceListeners.add(listener);
      return () => this.#advanceListeners.delete(listener);
    },
    requestAdvance: () => {
      this.advanceRequests += 1;
      setTimeout(() => {
        for (const listener of this.#advanceListeners) listener(this.tsMicros);
      }, 1);
    },
  };

  #watch(request: FunctionRequest & { journal?: string | null }): Watch {
    const { path, args, identity, journal } = request;
    const key = JSON.stringify([path, args, identity, journal]);
    const shared = [...this.#watches.keys()].find((watch) => watch.key === key);
    const watch = shared ?? { key, request, reply: this.#query(request) };
    this.#watches.set(watch, (this.#watches.get(watch) ?? 0) + 1);
    this.openWatches += 1;
    let isOpen = true;
    return {
      get reply() {
        return watch.reply;
      },
      close: () => {
        if (!isOpen) throw new Error("closed twice");
        isOpen = false;
        this.openWatches -= 1;
        const left = (this.#watches.get(watch) ?? 1) - 1;
        if (left === 0) this.#watches.delete(watch);
        else this.#watches.set(watch, left);
      },
    };
  }

  #query(request: FunctionRequest & { journal?: string | null }): QueryReply {
    const tsMicros = this.tsMicros;
    const journal = request.journal ?? (request.path.startsWith("paged") ? "page-end" : null);
    try {
      return { ...this.#call(request, ["query"]), tsMicros, journal };
    } catch (error) {
      const { message } = error as Error;
      return { ok: false, error: { kind: "developer", message }, logLines: [], tsMicros, journal };
    }
  }

  #call(request: FunctionRequest, kinds: string[]): FunctionReply {
    this.requests.push(request);
    const found = this.functions[request.path];
    const isAdmin = request.identity.kind === "admin";
    if (request.componentPath && !isAdmin) {
      throw new RequestError(403, "Forbidden", "Only an admin may name a component.");
    }
    if (found === undefined || (found.internal === true && !isAdmin)) {
      const message = `Could not find public function for '${request.path}'.`;
      throw new RequestError(404, "FunctionNotFound", message);
    }
    if (!kinds.includes(found.kind)) {
      throw new RequestError(400, "WrongKind", `${request.path} is a ${found.kind}.`);
    }
    const logLines: FunctionReply["logLines"] = [];
    const { data } = this;
    const context = { data, identity: request.identity, request };
    try {
      const value = found.run(context, JSON.parse(request.args) as JsonObject);
      if (request.path.includes("noisy")) {
        logLines.push({ level: "LOG", messages: ["'hello'", "1"], timestampMs: 1 });
      }
      return { ok: true, value: JSON.stringify(value ?? null), logLines };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const encoded = error.data === undefined ? {} : { data: JSON.stringify(error.data) };
      const message = `Uncaught Error: ${error.message}\n    at handler (../convex/x.ts:1:1)`;
      return { ok: false, error: { kind: "developer", message, ...encoded }, logLines };
    }
  }

  async query(request: FunctionRequest): Promise<QueryReply> {
    const { tsMicros } = this;
    return { ...this.#call(request, ["query"]), tsMicros, journal: null };
  }

  async mutation(
    request: FunctionRequest & { client?: { sessionId: string; requestId: number } },
  ): Promise<MutationReply> {
    const key = request.client && JSON.stringify(request.client);
    const known = key === undefined ? undefined : this.#replies.get(key);
    if (known !== undefined) return known;
    await this.beforeMutation(request);
    const called = this.#call(request, ["mutation"]);
    if (called.ok) this.commit(() => {});
    const reply = { ...called, tsMicros: this.tsMicros };
    if (key !== undefined) this.#replies.set(key, reply);
    return reply;
  }

  async action(request: FunctionRequest): Promise<FunctionReply> {
    const reply = this.#call(request, ["action"]);
    if (reply.ok && request.path.includes("slow")) {
      await new Promise((resolve) => setTimeout(resolve, Number(reply.value)));
    }
    return reply;
  }

  async run(request: FunctionRequest): Promise<FunctionReply> {
    return this.#call(request, ["query", "mutation", "action"]);
  }

  async httpAction(request: Request, options: { identity: Identity }): Promise<Response> {
    return await this.respond(request, options.identity);
  }

  environment = () => this.variables;
  async setEnvironment(changes: Readonly<Record<string, string | null>>): Promise<void> {
    for (const [name, value] of Object.entries(changes)) {
      if (!/^[A-Z_]\w*$/i.test(name)) {
        throw new RequestError(400, "InvalidEnvVarName", `${name} is no name for a variable.`);
      }
      if (value === null) delete this.variables[name];
      else this.variables[name] = value;
    }
  }
  authProviders = () => this.providers;
  onAuthProviders(listener: (providers: readonly AuthProvider[]) => void): () => void {
    this.#authListeners.add(listener);
    return () => this.#authListeners.delete(listener);
  }
  stagePush = () => Promise.reject(new Error("the fake has no deployments"));
  deploy = () => Promise.reject(new Error("the fake has no deployments"));
  deployment = () => null;
  onDeploy = () => () => {};
  checkStore(): void {
    if (this.storeFailure !== null) throw this.storeFailure;
  }

  inlineQuery = () => Promise.reject(new Error("the fake has no deployments"));
  onProgress = () => () => {};
  onLog = () => () => {};
  readonly imports = {} as Runtime["imports"];
  readonly exports: Runtime["exports"] = {
    request: () => Promise.reject(new Error("the fake has no exports")),
    find: () => Promise.reject(new Error("the fake has no exports")),
  };
  readonly files: Runtime["files"] = {
    authorize: () => "",
    upload: () => Promise.reject(new Error("the fake stores no files")),
    find: () => null,
  };
  jwks = () => '{"keys":[]}';
  meter = () => ({
    contention: null,
    usage: [],
    commits: { durable: 0, transactions: 0 },
    scheduledJobs: { parallelism: 8, runningMax: 0, lateMsMax: 0 },
  });
  close = () => Promise.resolve();
}

export function failToCommit(): never {
  throw new CommitError(new Error("disk full"));
}
