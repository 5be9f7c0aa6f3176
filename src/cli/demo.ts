/** The main job, done as a user's program would do it: through the real `ConvexClient`, over a socket. */
import { ConvexClient } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import { WebSocket } from "ws";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { UsageError } from "../embedded/command/ending";

const QUESTION = "What can you do for me, and what does this answer cost?";

/** How long the demo waits for the reply to end before it says that something is wrong. */
const REPLY_TIMEOUT_MS = 120_000;

type Run = FunctionReturnType<typeof api.queries.runs.get>;
type Message = FunctionReturnType<typeof api.queries.messages.list>["page"][number];
type CostEvent = FunctionReturnType<typeof api.queries.costs.events>[number];

export type DemoResult = {
  sessionId: Id<"sessions">;
  run: Run;
  message: Message;
  costEvents: CostEvent[];
  session: FunctionReturnType<typeof api.queries.sessions.get>;
  summary: FunctionReturnType<typeof api.queries.costs.summary>;
};

export type DemoListener = {
  onSent(question: string): void;
  /** A piece of the reply, as the subscription brought it. */
  onText(text: string): void;
};

/**
 * Says something to the agent as the user of `token`, follows the reply, and reads what was stored.
 *
 * @throws UsageError - The run failed: a key that the provider does not accept, say.
 */
export async function runDemo(
  { apiUrl, token, agentId }: { apiUrl: string; token: string; agentId: Id<"agents"> },
  listener: DemoListener,
): Promise<DemoResult> {
  const client = new ConvexClient(apiUrl, {
    // Node before 22 has no WebSocket of its own; `ws` has the part of its interface that is used.
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  try {
    client.setAuth(async () => token);
    const sent = await client.mutation(api.mutations.messages.send, { agentId, content: QUESTION });
    listener.onSent(QUESTION);
    await followReply(client, sent.runId, listener);
    return await readStored(client, sent);
  } finally {
    await client.close();
  }
}

/** Subscribes to the reply's pieces, always to those after the last one seen, until it has ended. */
async function followReply(
  client: ConvexClient,
  runId: Id<"runs">,
  listener: DemoListener,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let unsubscribe = () => {};
    const timer = setTimeout(() => {
      end(() => reject(new Error(`The reply had not ended after ${REPLY_TIMEOUT_MS / 1000} s.`)));
    }, REPLY_TIMEOUT_MS);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      settle();
    };
    const follow = (afterSeq: number) => {
      unsubscribe();
      unsubscribe = client.onUpdate(
        api.queries.messages.chunks,
        { runId, afterSeq },
        ({ chunks, lastSeq, isDone }) => {
          for (const part of chunks.flatMap((chunk) => chunk.parts)) {
            if (part.kind === "text") listener.onText(part.text);
          }
          if (isDone) end(resolve);
          else if (lastSeq > afterSeq) follow(lastSeq);
        },
        (error) => end(() => reject(error)),
      );
    };
    follow(-1);
  });
}

async function readStored(
  client: ConvexClient,
  { runId, sessionId }: { runId: Id<"runs">; sessionId: Id<"sessions"> },
): Promise<DemoResult> {
  const newest = { cursor: null, numItems: 10 };
  const [run, messages, costEvents, session, summary] = await Promise.all([
    client.query(api.queries.runs.get, { runId }),
    client.query(api.queries.messages.list, { sessionId, paginationOpts: newest }),
    client.query(api.queries.costs.events, { runId }),
    client.query(api.queries.sessions.get, { sessionId }),
    client.query(api.queries.costs.summary, {}),
  ]);
  const message = messages.page.find((candidate) => candidate._id === run.messageId);
  if (message === undefined || run.state.kind !== "completed") {
    throw new UsageError(
      `The run ended as ${run.state.kind}: ${run.state.detail ?? "no reply was stored"}`,
    );
  }
  return { sessionId, run, message, costEvents, session, summary };
}
