/** The runtime that histories are made with: its realms, engine and store, without sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Program, Result } from "../../fixtures/projects/histories/convex/steps";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { createAssembly } from "../../../src/embedded/runtime/createRuntime";
import type { Assembly } from "../../../src/embedded/runtime/runtime";
import type {
  FunctionReply,
  FunctionRequest,
  QueryReply,
  Watch,
} from "../../../src/embedded/runtime/types";

/** More turns of the event loop than a commit and what follows it take. */
const TURNS_MAX = 1_000;

const PROJECT = "tests/fixtures/projects/histories";

export type Outcome = { ok: boolean; results: Result[] };

export class Backend {
  private readonly runs = new Map<string, number>();
  private requests = 0;
  private jobsSeen = 0;

  private constructor(
    private readonly folder: string,
    private assembly: Assembly,
  ) {}

  static async start(): Promise<Backend> {
    const folder = mkdtempSync(join(tmpdir(), "histories-"));
    const backend = new Backend(folder, await createAssembly({ folder, runCrons: false }));
    backend.countRuns();
    await backend.assembly.runtime.deploy(await bundleProject(PROJECT));
    return backend;
  }

  /** The same data in a new runtime: what was in memory is gone. */
  async restart(): Promise<void> {
    await this.assembly.runtime.close();
    this.assembly = await createAssembly({ folder: this.folder, runCrons: false });
    this.countRuns();
  }

  /** Removes all documents. */
  async clear(): Promise<void> {
    const reply = await this.assembly.runtime.mutation(this.request("programs:clear", "{}"));
    if (!reply.ok) throw new Error(reply.error.message);
    this.jobsSeen = 0;
  }

  /** Runs programs that arrive in one turn of the loop. A `client` may send its request again. */
  async mutations(programs: readonly Program[], client?: string) {
    const { runtime } = this.assembly;
    return await Promise.all(
      programs.map((program, requestId) =>
        runtime.mutation({
          ...this.programRequest("programs:write", program),
          ...(client === undefined ? {} : { client: { sessionId: client, requestId } }),
        }),
      ),
    );
  }

  async query(program: Program): Promise<FunctionReply> {
    return await this.assembly.runtime.query(this.programRequest("programs:read", program));
  }

  watch(program: Program, journal: string | null): { watch: Watch; requestId: string } {
    const request = this.programRequest("programs:read", program);
    const watch = this.assembly.runtime.live.watch({ ...request, journal });
    return { watch, requestId: request.requestId };
  }

  /** Runs a query anew: with a nonce of its own it shares no result. */
  async freshly(program: Program, journal: string | null): Promise<QueryReply> {
    const nonce = ++this.requests;
    const request = { ...this.programRequest("programs:read", program, nonce), journal };
    return await this.assembly.runtime.query(request);
  }

  /** Waits until live queries show the commit. */
  async shown(tsMicros: number): Promise<void> {
    const { live } = this.assembly.runtime;
    for (let turn = 0; live.tsMicros() < tsMicros; turn++) {
      if (turn === TURNS_MAX) throw new Error("Live queries were not brought up to date");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Waits until no job is due; gives what those that succeeded since the last time saw, in their order. */
  async jobsDone(): Promise<[id: string, results: Result[]][]> {
    const { scheduler, runtime } = this.assembly;
    for (;;) {
      await scheduler.settled();
      const { running, due } = scheduler.counts();
      if (running + due === 0) break;
    }
    const reply = await runtime.query(this.request("programs:log", "{}"));
    if (!reply.ok) throw new Error(reply.error.message);
    const all = JSON.parse(reply.value) as [string, string][];
    const since = all.slice(this.jobsSeen);
    this.jobsSeen = all.length;
    return since.map(([id, results]) => [id, JSON.parse(results) as Result[]]);
  }

  /** How often the request's query ran since the last time this was asked. */
  takeRuns(requestId: string): number {
    const runs = this.runs.get(requestId) ?? 0;
    this.runs.delete(requestId);
    return runs;
  }

  async close(): Promise<void> {
    await this.assembly.runtime.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private countRuns(): void {
    this.runs.clear();
    this.assembly.runtime.onLog(({ requestId }) => {
      this.runs.set(requestId, (this.runs.get(requestId) ?? 0) + 1);
    });
  }

  private programRequest(path: string, program: Program, nonce?: number): FunctionRequest {
    return this.request(path, JSON.stringify({ program: JSON.stringify(program), nonce }));
  }

  private request(path: string, args: string): FunctionRequest {
    return {
      path,
      args,
      identity: { kind: "none" },
      requestId: String(++this.requests),
      request: { ip: null, userAgent: null },
    };
  }
}

/** What a program gave, whether it came to its end or failed. */
export function outcomeOf(reply: FunctionReply): Outcome {
  const text = reply.ok ? reply.value : reply.error.data;
  if (text === undefined) throw new Error(reply.ok ? "no value" : reply.error.message);
  return { ok: reply.ok, results: JSON.parse(JSON.parse(text) as string) as Result[] };
}
