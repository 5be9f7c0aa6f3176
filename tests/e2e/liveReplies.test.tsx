// @vitest-environment jsdom
/** What readers of a session see while a reply is written, in React and through a plain client, by real sockets. */
import { act, cleanup, render } from "@testing-library/react";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { ConvexProvider, ConvexReactClient } from "convex/react";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrictMode, useLayoutEffect } from "react";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { useMessages, useReply, type Message, type Reply } from "../../src/client/react";
import { followSession } from "../../src/client/session";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { FREE_PORTS, runCommand, type RunningCommand } from "../support/command";
import { parseReady, type Ready } from "../support/startProcess";

let simulator: Simulator;
let command: RunningCommand;
let ready: Ready;
let folder: string;
let user: ConvexHttpClient;

beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
  folder = await mkdtemp(join(tmpdir(), "live-replies-"));
  // A process of its own: esbuild cannot run among jsdom's globals.
  const flags = ["--json", "--no-demo", ...FREE_PORTS, "--data", folder];
  const address = { ANTHROPIC_API_KEY: "test", ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl };
  command = runCommand("src/cli/start.ts", flags, address);
  ready = parseReady(await command.firstLine());
  user = new ConvexHttpClient(ready.apiUrl, { auth: ready.userToken, logger: false });
  const { agentId } = ready;
  const tools = [{ name: "calculator" as const }];
  await user.mutation(api.mutations.agents.update, { agentId, tools, reasoningEffort: "low" });
});
afterEach(() => {
  cleanup();
  simulator.control.reset();
});
afterAll(async () => {
  await command?.end("SIGKILL");
  await simulator?.close();
  await rm(folder, { recursive: true, force: true });
});

const TEXT = Array.from({ length: 24 }, (_, n) => `Sentence ${n} of a longer story.`).join(" ");
const SLOW = { kind: "slow", msPerPiece: 4 } as const;

/** A session with a question and its answer. */
async function newSession(): Promise<Id<"sessions">> {
  const first = { agentId: ready.agentId, content: "Hi" };
  const { sessionId, runId } = await user.mutation(api.mutations.messages.send, first);
  await ended(runId);
  return sessionId;
}

async function send(sessionId: Id<"sessions">) {
  return await user.mutation(api.mutations.messages.send, { sessionId, content: "Tell me." });
}

async function ended(runId: Id<"runs">) {
  const kind = async () => (await user.query(api.queries.runs.get, { runId })).state.kind;
  await expect.poll(kind).toMatch(/completed|failed|cancelled/);
}

async function storedIn(sessionId: Id<"sessions">): Promise<Message[]> {
  const paginationOpts = { numItems: 50, cursor: null };
  const { page } = await user.query(api.queries.messages.list, { sessionId, paginationOpts });
  return page.toReversed();
}

/** What stands on a screen at one moment, message by message. */
type Shown = Pick<Reply, "text" | "reasoning" | "status" | "isLoading"> & {
  id: string;
  error: string;
  calls: string;
};

/** A browser window that shows a session, and every state that it was in. */
function openWindow(sessionId: Id<"sessions">) {
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(address: string) {
      super(address);
      sockets.push(this);
    }
  }
  const client = new ConvexReactClient(ready.apiUrl, {
    webSocketConstructor: Socket as unknown as typeof globalThis.WebSocket,
    logger: false,
    unsavedChangesWarning: false,
  });
  client.setAuth(() => Promise.resolve(ready.userToken));
  onTestFinished(() => client.close());
  const screens: Shown[][] = [];
  const record = () => {
    const bubbles = [...container.querySelectorAll("article")];
    screens.push(bubbles.map(({ dataset }) => JSON.parse(dataset["shown"] ?? "") as Shown));
  };
  const ofLast: Shown[] = [];
  function Bubble({ message }: { message: Message }) {
    const { text, reasoning, status, error = "", toolCalls, isLoading } = useReply(message);
    useLayoutEffect(record);
    const calls = toolCalls.map(({ name, result }) => `${name}=${result?.text ?? "?"}`).join();
    const shown = { id: message._id, text, reasoning, status, error, calls, isLoading };
    return <article data-shown={JSON.stringify(shown satisfies Shown)} />;
  }
  /** It has no key: what it shows becomes another message. */
  function Last({ message }: { message: Message }) {
    const { text, reasoning, status, isLoading } = useReply(message);
    ofLast.push({ id: message._id, text, reasoning, status, isLoading, error: "", calls: "" });
    return null;
  }
  function Session() {
    const { messages } = useMessages({ sessionId }, { initialCount: 20 });
    useLayoutEffect(record);
    const last = messages.at(-1);
    return (
      <>
        {messages.map((message) => (
          <Bubble key={message._id} message={message} />
        ))}
        {last && <Last message={last} />}
      </>
    );
  }
  const container = document.createElement("main");
  document.body.append(container);
  const view = render(
    <StrictMode>
      <ConvexProvider client={client}>
        <Session />
      </ConvexProvider>
    </StrictMode>,
    { container },
  );
  return {
    screens,
    ofLast,
    now: () => screens.at(-1) ?? [],
    textNow: () => screens.at(-1)?.at(-1)?.text ?? "",
    dropConnection: () => sockets.at(-1)?.terminate(),
    connections: () => sockets.length,
    close: () => act(() => view.unmount()),
  };
}

/** Nothing on a screen goes away, gets shorter or becomes something else on the next one. */
function expectOnlyGrowth(screens: readonly Shown[][]): void {
  for (const [n, after] of screens.entries()) {
    for (const before of screens[n - 1] ?? []) {
      const next = after.find(({ id }) => id === before.id);
      expect(next, "a message that was shown stays").toBeDefined();
      expect(next?.text.startsWith(before.text), `${before.text} → ${next?.text}`).toBe(true);
      expect(next?.reasoning.startsWith(before.reasoning)).toBe(true);
      if (before.status !== "streaming") expect(next?.status).toBe(before.status);
    }
  }
}

/** The states in which the last message had some of its text, and not yet all. */
function between(screens: readonly Shown[][], text: string): number {
  const texts = screens.map((screen) => screen.at(-1)?.text ?? "");
  return new Set(texts.filter((one) => one !== "" && one.length < text.length)).size;
}

/** A window that is opened afterwards: what it shows first, and never anything else. */
async function afterReload(sessionId: Id<"sessions">): Promise<Shown[]> {
  const later = openWindow(sessionId);
  await expect.poll(() => later.now().length).toBeGreaterThan(0);
  expectOnlyGrowth(later.screens);
  const first = later.screens.find((screen) => screen.length > 0) ?? [];
  expect(later.now()).toEqual(first);
  later.close();
  return first;
}

describe("in React", () => {
  test("pieces are shown as they arrive, with thoughts and tool calls, and stay when the reply is stored", async () => {
    const sessionId = await newSession();
    const window = openWindow(sessionId);
    const sum = { name: "calculator", argumentsJson: '{"expression":"6 * 7"}' };
    simulator.control.fault({ fault: SLOW, times: 2 });
    const thoughts = { reasoning: TEXT.slice(0, 400), showsReasoning: true };
    simulator.control.reply({ text: "Let me reckon.", ...thoughts, toolCalls: [sum] });
    simulator.control.reply({ text: TEXT });
    const { runId } = await send(sessionId);
    await ended(runId);
    await expect.poll(() => window.now().at(-1)?.status).toBe("complete");
    await expect.poll(window.textNow).toBe(TEXT);

    expectOnlyGrowth(window.screens);
    expect(between(window.screens, TEXT)).toBeGreaterThan(3);
    const [, , asked, reckoning, answer] = window.now();
    expect(asked).toMatchObject({ text: "Tell me.", isLoading: false });
    expect(reckoning).toMatchObject({ text: "Let me reckon.", reasoning: thoughts.reasoning });
    expect(reckoning?.calls).toBe("calculator=42");
    expect(answer).toMatchObject({ text: TEXT, error: "", isLoading: false });
    // The thoughts came in pieces, too, before there was any text.
    const thinking = window.screens.map((screen) => screen[3]).filter((one) => one?.text === "");
    expect(new Set(thinking.map((one) => one?.reasoning)).size).toBeGreaterThan(2);
    const stored = await storedIn(sessionId);
    expect(stored.map(({ content }) => content)).toEqual(window.now().map(({ text }) => text));
    for (const { id, text, reasoning } of window.ofLast) {
      const whole = window.now().find((one) => one.id === id);
      expect(whole?.text.startsWith(text) && whole.reasoning.startsWith(reasoning)).toBe(true);
    }
    expect(await afterReload(sessionId)).toEqual(window.now());
  });

  test("a window that is reloaded in the middle, and one that loses its connection, go on", async () => {
    const sessionId = await newSession();
    const [first, steady] = [openWindow(sessionId), openWindow(sessionId)];
    // Slow enough for a busy machine to open a window meanwhile.
    simulator.control.fault({ fault: { ...SLOW, msPerPiece: 16 } });
    simulator.control.reply({ text: TEXT });
    const { runId } = await send(sessionId);
    await expect.poll(() => between(first.screens, TEXT)).toBeGreaterThan(2);
    const seen = first.textNow();
    first.close();
    const second = openWindow(sessionId);
    const hasLoaded = (screen: Shown[]) => screen.length === 4 && screen[3]?.isLoading === false;
    await expect.poll(() => second.screens.some(hasLoaded)).toBe(true);
    steady.dropConnection();
    // All that was there, at once, and before the end.
    const [reloaded] = second.screens.filter(hasLoaded);
    expect(reloaded?.[3]?.text.startsWith(seen)).toBe(true);
    expect(reloaded?.[3]?.status).toBe("streaming");
    expect(reloaded?.[3]?.text).not.toBe(TEXT);

    await ended(runId);
    for (const window of [second, steady]) {
      await expect
        .poll(() => window.now().at(-1))
        .toMatchObject({ status: "complete", text: TEXT });
      expectOnlyGrowth(window.screens);
      expect(between(window.screens, TEXT)).toBeGreaterThan(2);
    }
    expect(steady.connections()).toBeGreaterThan(1);
    expect(await afterReload(sessionId)).toEqual(second.now());
  });

  test("a reply that is stopped keeps what was written, and says so", async () => {
    const sessionId = await newSession();
    const window = openWindow(sessionId);
    simulator.control.fault({ fault: { kind: "stall", afterPieces: 30 } });
    simulator.control.reply({ text: TEXT });
    const { runId } = await send(sessionId);
    await expect.poll(() => window.textNow().length).toBeGreaterThan(0);
    await user.mutation(api.mutations.runs.cancel, { runId });
    await expect.poll(() => window.now().at(-1)?.status).toBe("interrupted");
    expectOnlyGrowth(window.screens);
    const last = window.now().at(-1);
    expect(last?.error).toContain("cancelled");
    expect(TEXT.startsWith(last?.text ?? "?")).toBe(true);
    expect(last?.text).not.toBe("");
    expect(await afterReload(sessionId)).toEqual(window.now());
  });

  test("refusals before any content are not seen; one that is final is, and so is a cut", async () => {
    const sessionId = await newSession();
    const window = openWindow(sessionId);
    const refusal = { kind: "status", status: 500 } as const;
    simulator.control.fault({ fault: refusal });
    simulator.control.reply({ text: "Here I am." });
    await ended((await send(sessionId)).runId);
    simulator.control.fault({ fault: refusal, times: 3 });
    await ended((await send(sessionId)).runId);
    simulator.control.fault({ fault: { kind: "cut", afterPieces: 30 } });
    simulator.control.reply({ text: TEXT });
    await ended((await send(sessionId)).runId);
    await expect.poll(() => window.now().length).toBe(8);
    await expect.poll(() => window.now().at(-1)?.status).toBe("interrupted");
    expectOnlyGrowth(window.screens);
    const [, , , retried, , refused, , cut] = window.now();
    expect(retried).toMatchObject({ text: "Here I am.", status: "complete", error: "" });
    expect(refused).toMatchObject({ text: "", status: "interrupted" });
    expect(refused?.error).not.toBe("");
    expect(cut?.error).not.toBe("");
    expect(TEXT.startsWith(cut?.text ?? "?")).toBe(true);
    expect(cut?.text).not.toBe("");
    expect(await afterReload(sessionId)).toEqual(window.now());
  });
});

describe("without React", () => {
  function follow(sessionId: Id<"sessions">) {
    const client = new ConvexClient(ready.apiUrl, {
      webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
      logger: false,
      unsavedChangesWarning: false,
    });
    onTestFinished(() => client.close());
    client.setAuth(() => Promise.resolve(ready.userToken));
    const screens: Shown[][] = [];
    const errors: Error[] = [];
    let pieces = 0;
    const onUpdate = client.onUpdate.bind(client) as (...given: unknown[]) => never;
    client.onUpdate = ((
      ...[query, args, onResult, onError]: Parameters<typeof client.onUpdate>
    ) => {
      const count = (page: { chunks?: unknown[] }) => {
        pieces += page.chunks?.length ?? 0;
        onResult(page as never);
      };
      return onUpdate(query, args, count, onError);
    }) as typeof client.onUpdate;
    const stop = followSession(
      client,
      { sessionId },
      {
        onChange: (replies) => {
          screens.push(
            replies.map(({ message, text, reasoning, status, error = "", isLoading }) => {
              return { id: message._id, text, reasoning, status, error, isLoading, calls: "" };
            }),
          );
        },
        onError: (error) => errors.push(error),
      },
    );
    return { screens, errors, stop, now: () => screens.at(-1) ?? [], pieces: () => pieces };
  }

  test("a session is followed piece by piece, from any moment on, until somebody stops it", async () => {
    const sessionId = await newSession();
    const first = follow(sessionId);
    simulator.control.fault({ fault: SLOW });
    simulator.control.reply({ text: TEXT });
    const { runId } = await send(sessionId);
    await expect.poll(() => between(first.screens, TEXT)).toBeGreaterThan(1);
    const second = follow(sessionId);
    await ended(runId);
    for (const { screens, errors, now } of [first, second]) {
      await expect.poll(() => now().at(-1)).toMatchObject({ status: "complete", text: TEXT });
      expectOnlyGrowth(screens);
      expect(between(screens, TEXT)).toBeGreaterThan(0);
      expect(errors).toEqual([]);
    }
    // Each piece came once, or twice where the next one met it on its way; not with every one that followed.
    const { chunks } = await user.query(api.queries.messages.chunks, { runId });
    expect(chunks.length).toBeGreaterThan(4);
    expect(first.pieces()).toBeLessThan(2 * chunks.length);
    first.stop();
    const before = first.screens.length;
    await ended((await send(sessionId)).runId);
    await expect.poll(() => second.now().at(-1)?.status).toBe("complete");
    await expect.poll(() => second.now().length).toBe(6);
    expect(first.screens).toHaveLength(before);
  });

  test("what is not there is said once", async () => {
    const foreign = "not a session" as Id<"sessions">;
    const { screens, errors } = follow(foreign);
    await expect.poll(() => errors.length).toBe(1);
    expect(screens).toEqual([]);
  });
});
