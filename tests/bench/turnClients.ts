/** A turn as people's programs make it: through `ConvexClient`, and without us, through the provider's SDK. */
import { ConvexClient } from "convex/browser";
import OpenAI from "openai";
import { WebSocket } from "ws";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";

/** 40 pieces at the simulator's rule, and so 40 frames of its stream. */
export const REPLY = Array.from(
  { length: 40 },
  (_, index) => `w${String(index).padStart(2, "0")}`,
).join(" ");
export const QUESTION = `Say: ${REPLY}`;

/** When, counted from the sending, something of the reply was seen, and all of it. */
export type Times = { firstMs: number; totalMs: number };

export type TurnClient = {
  /** Says the question, in the session or in a new one, and follows the reply to its end. */
  turn(sessionId?: Id<"sessions">): Promise<Times & { sessionId: Id<"sessions"> }>;
  close(): Promise<void>;
};

export function openTurnClient({
  apiUrl,
  token,
  agentId,
}: {
  apiUrl: string;
  token: string;
  agentId: string;
}): TurnClient {
  const client = new ConvexClient(apiUrl, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    unsavedChangesWarning: false,
  });
  client.setAuth(async () => token);
  return {
    async turn(sessionId) {
      const startMs = performance.now();
      const target = sessionId === undefined ? { agentId: agentId as Id<"agents"> } : { sessionId };
      const said = { ...target, content: QUESTION };
      const sent = await client.mutation(api.mutations.messages.send, said);
      let firstMs = 0;
      const text = await follow(
        client,
        sent.runId,
        () => (firstMs ||= performance.now() - startMs),
      );
      const totalMs = performance.now() - startMs;
      if (text !== REPLY) throw new Error(`this was to be the reply: ${REPLY}\nand not: ${text}`);
      return { firstMs, totalMs, sessionId: sent.sessionId };
    },
    close: () => client.close(),
  };
}

/** Always subscribed to the pieces after the last one seen. */
function follow(client: ConvexClient, runId: Id<"runs">, onText: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let stop = () => {};
    const end = (settle: () => void) => {
      stop();
      settle();
    };
    const after = (afterSeq: number) => {
      stop();
      stop = client.onUpdate(
        api.queries.messages.chunks,
        { runId, afterSeq },
        ({ chunks, lastSeq, isDone }) => {
          for (const part of chunks.flatMap(({ parts }) => parts)) text += part.text;
          if (text !== "") onText();
          if (isDone) end(() => resolve(text));
          else if (lastSeq > afterSeq) after(lastSeq);
        },
        (error) => end(() => reject(error)),
      );
    };
    after(-1);
  });
}

export type DirectClient = {
  /** With so many turns before it. */
  call(turnsBefore?: number): Promise<Times>;
};

export function openDirectClient(options: { openAiBaseUrl: string; model: string }): DirectClient {
  const { responses } = new OpenAI({
    apiKey: "simulated",
    baseURL: options.openAiBaseUrl,
    maxRetries: 0,
  });
  return {
    async call(turnsBefore = 0) {
      const startMs = performance.now();
      const before = Array.from({ length: turnsBefore }, () => [
        { role: "user" as const, content: QUESTION },
        { role: "assistant" as const, content: REPLY },
      ]).flat();
      const stream = await responses.create({
        model: options.model,
        input: [...before, { role: "user", content: QUESTION }],
        stream: true,
        store: false,
      });
      let text = "";
      let firstMs = 0;
      for await (const event of stream) {
        if (event.type !== "response.output_text.delta") continue;
        firstMs ||= performance.now() - startMs;
        text += event.delta;
      }
      if (text !== REPLY) throw new Error(`this was not to be the reply: ${text}`);
      return { firstMs, totalMs: performance.now() - startMs };
    },
  };
}
