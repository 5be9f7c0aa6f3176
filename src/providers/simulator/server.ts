/**
 * A local server that speaks the wire formats of Anthropic Messages, OpenAI Chat Completions, OpenAI Responses
 * and Gemini: for a demonstration without keys, for tests through real SDKs and sockets, for benchmarks.
 *
 * It streams at a set pace, keeps its own ledger of what it would bill, and fails when told to:
 *
 *   POST /v1/messages · /v1/messages/count_tokens · /v1/chat/completions · /v1/responses   GET /v1/models
 *   POST /v1/embeddings
 *   POST /v1/models/{model}:streamGenerateContent · :generateContent
 *   GET  /simulator/ledger       what was called and billed        DELETE: forgets it
 *   POST /simulator/faults       a fault for the calls to come     GET, DELETE: those that wait
 *   POST /simulator/replies      an exact reply for the calls to come
 *
 * A request can also ask for a fault by itself: in the model's name, "claude-sonnet-5-5!overloaded", or in
 * its metadata, {"simulate": "cut:5"} (OpenAI) and {"user_id": "simulate:cut:5"} (Anthropic), or in a header,
 * x-simulate: cut:5. There it can also bring the reply: x-simulate: {"fault": {…}, "reply": {"text": "…"}}.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND_MS } from "../../core/limits";
import { listPrices } from "../../pricing/priceBook";
import { anthropicWire } from "./anthropicWire";
import { Call, type Pace } from "./call";
import { chatWire } from "./chatWire";
import { checked } from "./checked";
import { embeddings } from "./embeddings";
import { errorOfStatus, FaultQueue, type Fault, type QueuedFault } from "./faults";
import { googleCallOf, googleWire } from "./googleWire";
import { answerOddly, headersOf, json, readJson, refuse } from "./http";
import { Ledger, type LedgerEntry } from "./ledger";
import { PromptCache } from "./promptCache";
import { dictatedCalls } from "./dictation";
import { reasoningText, replyText } from "./reply";
import { responsesWire } from "./responsesWire";
import { ownScript, ScriptedReply } from "./script";
import { countTokens, TOKENS_PER_MESSAGE } from "./tokens";
import { RefusedRequest, simulatedId, type Prompt, type Reply, type Wire } from "./wire";

/** The pace of an ordinary model. */
const TOKENS_PER_SECOND = 60;
/** Each may be megabytes long. */
const REQUESTS_KEPT = 20;
/** A key with this name is refused, so that a demonstration can show what a wrong key does. */
const INVALID_KEY = "invalid";

const WIRES: Readonly<Record<string, Wire>> = {
  "/v1/messages": anthropicWire,
  "/v1/chat/completions": chatWire,
  "/v1/responses": responsesWire,
};

export type SimulatorOptions = Readonly<{
  /** 0 for any that is free. */
  port?: number;
  host?: string;
  /** Infinity for as fast as possible. */
  tokensPerSecond?: number;
  /** How long the first token takes. */
  firstTokenMs?: number;
  /** The keys that are accepted; without them, every key but "invalid". */
  apiKeys?: readonly string[];
}>;

/** What it says to a prompt. */
export type StandIn = (prompt: Prompt) => ScriptedReply | null;

export type Simulator = Readonly<{
  url: string;
  /** What the SDKs take for their base URL. */
  anthropicBaseUrl: string;
  openAiBaseUrl: string;
  googleBaseUrl: string;
  ledger: { readonly entries: readonly LedgerEntry[] };
  /** The bodies of the last calls as they came, the newest last. */
  requests: readonly unknown[];
  control: {
    fault(queued: QueuedFault): void;
    reply(reply: ScriptedReply): void;
    /** Has somebody else say what it says from here on: a model of a test's own. Null leaves it to the simulator. */
    standIn(model: StandIn): void;
    /** Lets the replies go on that are held now. */
    release(): void;
    /** Forgets ledger, cache, faults and replies. */
    reset(): void;
    /** Waits until no call is under way: a client learns of the end of its call before the ledger does. */
    idle(): Promise<void>;
  };
  close(): Promise<void>;
}>;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state = new SimulatorState(options);
  const server = createServer((request, response) => {
    void state.serve(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const { address, family, port } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  return {
    url,
    anthropicBaseUrl: url,
    openAiBaseUrl: `${url}/v1`,
    googleBaseUrl: `${url}/v1`,
    ledger: state.ledger,
    requests: state.requests,
    control: state,
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

class SimulatorState {
  readonly ledger = new Ledger();
  readonly requests: unknown[] = [];
  readonly #faults = new FaultQueue();
  #replies: (Reply & { model?: string | undefined })[] = [];
  #standIn: StandIn | null = null;
  #cache = new PromptCache();
  readonly #pace: Pace;
  readonly #apiKeys: readonly string[] | null;
  readonly #running = new Set<Promise<void>>();
  #hold = new AbortController();

  constructor({ tokensPerSecond, firstTokenMs, apiKeys }: SimulatorOptions) {
    this.#pace = {
      tokensPerSecond: tokensPerSecond ?? TOKENS_PER_SECOND,
      firstTokenMs: firstTokenMs ?? 0,
    };
    this.#apiKeys = apiKeys ?? null;
  }

  fault(queued: QueuedFault): void {
    this.#faults.add(queued);
  }

  reply(reply: ScriptedReply): void {
    this.#replies.push(checked(ScriptedReply, reply));
  }

  standIn(model: StandIn): void {
    this.#standIn = model;
  }

  release(): void {
    this.#hold.abort();
    this.#hold = new AbortController();
  }

  reset(): void {
    this.#standIn = null;
    this.ledger.clear();
    this.requests.length = 0;
    this.#faults.clear();
    this.#replies = [];
    this.#cache = new PromptCache();
  }

  #replyTo(prompt: Prompt): Reply {
    const said = this.#standIn?.(prompt) ?? null;
    return said === null ? computedReply(prompt) : checked(ScriptedReply, said);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const serving = this.#route(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
    this.#running.add(serving);
    await serving;
    this.#running.delete(serving);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://simulator");
    const ofPath = googleCallOf(pathname);
    const wire = ofPath === null ? WIRES[pathname] : googleWire;
    try {
      if (wire !== undefined && request.method === "POST") {
        await this.#call(wire, { ofPath, request, response });
      } else if (pathname.startsWith("/simulator/")) {
        await this.#control(pathname, { request, response });
      } else {
        await this.#others(pathname, { request, response });
      }
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      refuse(response, { wire: wire ?? wireOf(pathname, request), error: error.error });
    }
  }

  async #call(
    wire: Wire,
    {
      ofPath,
      request,
      response,
    }: { ofPath: object | null; request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    const account = this.#authenticate(request);
    const body = await readJson(request);
    const asked = ofPath === null ? body : { ...(body as object), ...ofPath };
    this.requests.push(asked);
    if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
    const prompt = wire.read(asked, headersOf(request));
    const own = ownScript(headersOf(request)["x-simulate"] ?? prompt.faultText);
    const fault = own?.fault ?? this.#faults.take({ api: wire.api, model: prompt.model });
    const entry = this.ledger.begin({
      label: own?.label ?? null,
      api: wire.api,
      model: prompt.model,
      isStream: prompt.isStream,
      serviceTier: prompt.serviceTier,
      thoughts: prompt.thoughts,
      fault: fault === null ? null : describe(fault),
      requestIdOf: (number) => simulatedId("req_", number),
    });
    setHeaders(response, { wire, requestId: entry.requestId });

    if (fault?.kind === "status" || fault?.kind === "instead") {
      this.#refuse(response, { wire, fault, entry });
      return;
    }
    const call = new Call({
      response,
      wire,
      prompt,
      fault,
      number: entry.number,
      note: (changes) => this.ledger.update(entry.number, changes),
      released: this.#hold.signal,
    });
    if (fault?.kind === "hang" || fault?.kind === "reset") {
      await call.leaveUnanswered(fault.kind);
      return;
    }
    const input = this.#cache.use(prompt, { api: wire.api, account, nowMs: Date.now() });
    const reply = own?.reply ?? this.#takeReply(prompt) ?? this.#replyTo(prompt);
    await call.answer(reply, { input, pace: this.#pace });
  }

  #refuse(
    response: ServerResponse,
    {
      wire,
      fault,
      entry: { number, requestId },
    }: { wire: Wire; fault: Extract<Fault, { kind: "status" | "instead" }>; entry: LedgerEntry },
  ): void {
    const status = fault.kind === "status" ? fault.status : 200;
    this.ledger.update(number, { outcome: "refused", status, endedAtMs: Date.now() });
    if (fault.kind === "status" && fault.retryAfterMs !== undefined) {
      response.setHeader("retry-after", Math.ceil(fault.retryAfterMs / SECOND_MS));
      response.setHeader("retry-after-ms", fault.retryAfterMs);
    }
    if (fault.kind === "status" && fault.retryAfter !== undefined) {
      response.setHeader("retry-after", fault.retryAfter);
    }
    if (fault.body === "page" || fault.body === "nothing") {
      return answerOddly(response, status, fault.body);
    }
    const error = errorOfStatus(
      fault.kind === "status" ? fault : { status: 529, code: "overloaded" },
    );
    refuse(response, { wire, error: { ...error, status }, requestId });
  }

  #takeReply({ model }: Prompt): Reply | undefined {
    const at = this.#replies.findIndex(
      (reply) => reply.model === undefined || reply.model === model,
    );
    return at === -1 ? undefined : this.#replies.splice(at, 1)[0];
  }

  /** All forms of all providers: current and older SDKs differ in the one they send. */
  #authenticate(request: IncomingMessage): string {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const headers = headersOf(request);
    const key = bearer ?? headers["x-api-key"] ?? headers["x-goog-api-key"];
    const isKnown =
      key !== undefined && key !== INVALID_KEY && (this.#apiKeys?.includes(key) ?? true);
    if (!isKnown) {
      throw new RefusedRequest(key === undefined ? "no API key was sent" : "invalid API key", {
        status: 401,
        type: "authentication_error",
      });
    }
    return key;
  }

  async #others(
    pathname: string,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    const route = `${request.method ?? ""} ${pathname}`;
    if (route === "POST /v1/messages/count_tokens") {
      this.#authenticate(request);
      const body = { max_tokens: 1, ...((await readJson(request)) as object) };
      const { segments } = anthropicWire.read(body, headersOf(request));
      const tokens = segments.map(({ text }) => countTokens(text) + TOKENS_PER_MESSAGE);
      json(response, { input_tokens: tokens.reduce((sum, count) => sum + count, 0) });
    } else if (route === "POST /v1/embeddings") {
      this.#authenticate(request);
      await this.#embed(await readJson(request), response);
    } else if (route === "GET /v1/models") {
      this.#authenticate(request);
      json(response, models(wireOf(pathname, request)));
    } else {
      throw new RefusedRequest(`there is no ${route}`, { status: 404, type: "not_found_error" });
    }
  }

  async #embed(body: unknown, response: ServerResponse): Promise<void> {
    this.requests.push(body);
    const { model, usage, answer } = embeddings(body);
    const fault = this.#faults.take({ api: "openai_embeddings", model });
    const facts = { label: null, isStream: false, serviceTier: null, thoughts: 0 };
    const entry = this.ledger.begin({
      ...facts,
      api: "openai_embeddings",
      model,
      fault: fault === null ? null : describe(fault),
      requestIdOf: (number) => simulatedId("req_", number),
    });
    setHeaders(response, { wire: chatWire, requestId: entry.requestId });
    if (fault?.kind === "status") return this.#refuse(response, { wire: chatWire, fault, entry });
    // It comes in one piece.
    if (fault?.kind === "slow") await sleep(fault.msPerPiece);
    const endedAtMs = Date.now();
    this.ledger.update(entry.number, {
      outcome: "complete",
      status: 200,
      billed: usage,
      endedAtMs,
    });
    json(response, answer);
  }

  async #control(
    pathname: string,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    switch (`${request.method ?? ""} ${pathname}`) {
      case "GET /simulator/ledger":
        return json(response, { entries: this.ledger.entries });
      case "DELETE /simulator/ledger":
        this.ledger.clear();
        return json(response, {});
      case "GET /simulator/faults":
        return json(response, { waiting: this.#faults.waiting });
      case "POST /simulator/faults":
        this.#faults.add(await readJson(request));
        return json(response, { waiting: this.#faults.waiting });
      case "DELETE /simulator/faults":
        this.#faults.clear();
        return json(response, {});
      case "POST /simulator/release":
        this.release();
        return json(response, {});
      case "POST /simulator/replies":
        this.#replies.push(checked(ScriptedReply, await readJson(request)));
        return json(response, { waiting: this.#replies.length });
      case "POST /simulator/reset":
        this.reset();
        return json(response, {});
      default:
        throw new RefusedRequest(`there is no ${pathname}`, {
          status: 404,
          type: "not_found_error",
        });
    }
  }
}

function computedReply(prompt: Prompt): Reply {
  const toolCalls = dictatedCalls(prompt);
  return {
    reasoning: prompt.reasons ? reasoningText(prompt) : "",
    text: toolCalls.length === 0 ? replyText(prompt) : "Let me see.",
    toolCalls,
  };
}

function describe(fault: Fault): string {
  const { kind, ...rest } = fault;
  return [kind, ...Object.values(rest)].join(":");
}

/** The models of the price book that the asking SDK would find with its provider. */
function models(wire: Wire): unknown {
  const provider = wire === anthropicWire ? "anthropic" : wire === googleWire ? "google" : "openai";
  const known = listPrices(Date.now()).filter((record) => record.provider === provider);
  if (provider === "google") {
    const models = known.map(({ model, name }) => ({
      name: `models/${model}`,
      displayName: name,
      supportedGenerationMethods: ["generateContent"],
    }));
    return { models };
  }
  if (provider === "openai") {
    const data = known.map(({ model }) => ({
      id: model,
      object: "model",
      created: 0,
      owned_by: provider,
    }));
    return { object: "list", data };
  }
  const data = known.map(({ model, name }) => ({
    type: "model",
    id: model,
    display_name: name,
    created_at: "2026-01-01T00:00:00Z",
  }));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** The API in whose words to answer on a path that several share. */
function wireOf(pathname: string, request: IncomingMessage): Wire {
  const isAnthropic = pathname.startsWith("/v1/messages") || "anthropic-version" in request.headers;
  if (isAnthropic) return anthropicWire;
  return "x-goog-api-key" in request.headers ? googleWire : chatWire;
}

function setHeaders(
  response: ServerResponse,
  { wire, requestId }: { wire: Wire; requestId: string },
): void {
  response.setHeader(wire.requestIdHeader, requestId);
  const prefix = wire === anthropicWire ? "anthropic-ratelimit" : "x-ratelimit";
  const order =
    wire === anthropicWire
      ? ["requests-limit", "requests-remaining"]
      : ["limit-requests", "remaining-requests"];
  for (const name of order) response.setHeader(`${prefix}-${name}`, "10000");
}
