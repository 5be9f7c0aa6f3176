/** Runs as server-sent events: whole, taken up again after a cut, and long after their end. */
import { EventSourceParserStream } from "eventsource-parser/stream";
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Permission } from "../../src/core/permissions";
import { omitUndefined } from "../../convex/lib/objects";
import { createClient } from "../../src/client/rest";
import { openWorld } from "../convex/world";
import { ENDED, runIn, scene, type Scene } from "../convex/turn";
import { onEachDriver, tenantWith, testWhere, type Member } from "../convex/setup";

const world = openWorld();
const { send } = api.mutations.messages;

type Event = {
  id: string | undefined;
  event: string | undefined;
  data: { parts?: { text: string }[]; content?: string };
};

async function keyOf({ as }: Member, scopes: Permission[] = ["sessions:read"]): Promise<string> {
  return (await as.action(api.actions.keys.create, { name: "Reads", scopes })).key;
}

async function opened(
  { t }: Scene,
  { runId, key, lastEventId }: { runId: string; key: string; lastEventId?: string },
): Promise<Response> {
  return await t.fetch(`/api/v1/runs/${runId}/stream`, {
    headers: {
      Authorization: `Bearer ${key}`,
      ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }),
    },
  });
}

function textDecoder(): ReadableWritablePair<string, Uint8Array> {
  return new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
}

async function* eventsOf(response: Response): AsyncGenerator<Event> {
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events = response
    .body!.pipeThrough(textDecoder())
    .pipeThrough(new EventSourceParserStream());
  for await (const { id, event, data } of events) {
    yield { id, event, data: JSON.parse(data) as Event["data"] };
  }
}

async function all(response: Response): Promise<Event[]> {
  const events = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}

function textOf(events: Event[]): string {
  const chunks = events.filter(({ event }) => event === "chunk");
  return chunks
    .flatMap(({ data }) => (data.parts ?? []).map(({ text }: { text: string }) => text))
    .join("");
}

const LONG = `Say: ${Array.from({ length: 400 }, (_, nth) => `word${nth}`).join(" ")}`;

onEachDriver((driver) => {
  describe("the stream of a run", () => {
    test("has every piece once, the message as it is stored, and an end", async () => {
      world.simulator.control.fault({ fault: { kind: "slow", msPerPiece: 2 } });
      const stage = await scene();
      const key = await keyOf(stage);
      const sent = await stage.as.mutation(send, { agentId: stage.agentId, content: LONG });
      const finished = driver === "convex-test" ? stage.t.finishScheduled() : null;
      const events = await all(await opened(stage, { runId: sent.runId, key }));
      await finished;

      expect(events[0]).toMatchObject({ event: "run", data: { _id: sent.runId } });
      const ids = events.flatMap(({ event, id }) => (event === "chunk" ? [Number(id)] : []));
      expect(ids).toEqual(ids.map((_, nth) => nth));
      const [message, end] = events.slice(-2);
      expect(message).toMatchObject({ event: "message", data: { status: "complete" } });
      expect(textOf(events)).toBe(message!.data.content);
      expect(textOf(events)).toContain("word399");
      expect(end).toMatchObject({ event: "end", data: { state: { kind: "completed" } } });
    });

    test("goes on after the piece that was seen last, and is told of the end once", async () => {
      world.simulator.control.fault({ fault: { kind: "slow", msPerPiece: 2 } });
      const stage = await scene();
      const key = await keyOf(stage);
      const sent = await stage.as.mutation(send, { agentId: stage.agentId, content: LONG });
      if (driver === "convex-test") await stage.t.finishScheduled();
      const { runId } = sent;
      await runIn(stage.as, runId, ENDED);
      const whole = await all(await opened(stage, { runId, key }));
      const ids = whole.flatMap(({ event, id }) => (event === "chunk" ? [id!] : []));
      expect(ids.length).toBeGreaterThan(2);
      for (const lastEventId of ids) {
        const rest = await all(await opened(stage, { runId, key, lastEventId }));
        const before = whole.filter(({ id }) => id !== "end" && Number(id) <= Number(lastEventId));
        expect(textOf(before) + textOf(rest)).toBe(textOf(whole));
      }
      const last = whole.at(-1)!.id!;
      expect((await opened(stage, { runId, key, lastEventId: last })).status).toBe(204);
    });

    // convex-test answers a request once all of its answer is there.
    testWhere(driver === "embedded")("goes on while the run is still writing", async () => {
      world.simulator.control.fault({ fault: { kind: "slow", msPerPiece: 10 } });
      const stage = await scene();
      const key = await keyOf(stage);
      const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: LONG });
      const seen: Event[] = [];
      let lastEventId: string | undefined;
      let cuts = 0;
      while (seen.at(-1)?.event !== "end") {
        const isCutAfter = cuts < 5 ? 2 : Infinity;
        let chunks = 0;
        const from = omitUndefined({ runId, key, lastEventId });
        for await (const event of eventsOf(await opened(stage, from))) {
          seen.push(event);
          lastEventId = event.id ?? lastEventId;
          if (event.event === "chunk" && ++chunks === isCutAfter) break;
        }
        if (seen.at(-1)?.event === "chunk") cuts++;
        if (cuts === 5) {
          const { state } = await stage.as.query(api.queries.runs.get, { runId });
          expect(ENDED).not.toContain(state.kind);
          cuts++;
        }
      }
      expect(cuts).toBe(6);
      const ids = seen.flatMap(({ event, id }) => (event === "chunk" ? [Number(id)] : []));
      expect(ids).toEqual(ids.map((_, nth) => nth));
      expect(textOf(seen)).toBe(seen.findLast(({ event }) => event === "message")!.data.content);
      expect(textOf(seen)).toContain("word399");
    });

    testWhere(driver === "embedded")(
      "says that it is there while nothing comes, and takes no slot of the scheduler",
      async () => {
        world.simulator.control.fault({ fault: { kind: "hang" } });
        const stage = await scene();
        const key = await keyOf(stage);
        const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
        await runIn(stage.as, runId, ["calling"]);
        const jobs = async () =>
          await stage.t.run(async (ctx) => {
            const rows = await ctx.db.system.query("_scheduled_functions").collect();
            return rows.filter(({ state }) => ["pending", "inProgress"].includes(state.kind))
              .length;
          });
        const before = await jobs();
        const open = await Promise.all(
          Array.from({ length: 5 }, async () => await opened(stage, { runId, key })),
        );
        expect(await jobs()).toBe(before);
        const beats = open.map(async ({ body }) => {
          const reader = body!.pipeThrough(textDecoder()).getReader();
          for (;;) {
            const { value, done } = await reader.read();
            if (done) throw new Error("the stream ended");
            if (/^: *$/m.test(value)) return await reader.cancel();
          }
        });
        await Promise.all(beats);
        expect(await jobs()).toBe(before);
        await stage.as.mutation(api.mutations.runs.cancel, { runId });
        await runIn(stage.as, runId, ENDED);
      },
    );

    testWhere(driver === "embedded")("counts while it is open, and ends at the limit", async () => {
      world.simulator.control.fault({ fault: { kind: "hang" } });
      const stage = await scene();
      await stage.t.setVariables({ API_RATE_LIMITS: '{"read": 1}' });
      const key = await keyOf(stage);
      const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
      await runIn(stage.as, runId, ["calling"]);
      const events = await all(await opened(stage, { runId, key }));
      const { event, data } = events.at(-1)!;
      expect({ event, data }).toMatchObject({ event: "failure", data: { kind: "rate_limited" } });
      await stage.as.mutation(api.mutations.runs.cancel, { runId });
      await runIn(stage.as, runId, ENDED);
    });

    test("is taken up again by the typed client, as its types say", async () => {
      const stage = await scene();
      const apiKey = await keyOf(stage);
      const sent = await stage.as.mutation(send, { agentId: stage.agentId, content: LONG });
      if (driver === "convex-test") await stage.t.finishScheduled();
      await runIn(stage.as, sent.runId, ENDED);
      const fetch = async ({ url, method, headers }: Request) => {
        const init = { method, headers: Object.fromEntries(headers) };
        return await stage.t.fetch(new URL(url).pathname, init);
      };
      const client = createClient({ url: "https://example.convex.site", apiKey, fetch });
      const stream = async (lastEventId?: string) => {
        const header = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
        const params = { path: { runId: sent.runId }, header };
        return await client.GET("/runs/{runId}/stream", { params, parseAs: "stream" });
      };
      const read = async (lastEventId?: string) => {
        const { data, response } = await stream(lastEventId);
        return await all(new Response(data, response));
      };
      const whole = await read();
      const { id } = whole.find(({ event }) => event === "chunk")!;
      expect(await read(id)).toEqual(whole.filter((one) => one.id !== id));
      expect((await stream("end")).response.status).toBe(204);
    });

    test("has the messages of a run whose pieces are gone", async () => {
      const stage = await scene();
      const key = await keyOf(stage);
      const sent = await stage.as.mutation(send, { agentId: stage.agentId, content: "Say: gone" });
      if (driver === "convex-test") await stage.t.finishScheduled();
      await runIn(stage.as, sent.runId, ENDED);
      await stage.t.run(async (ctx) => {
        const chunks = await ctx.db.query("message_chunks").take(100);
        for (const { _id } of chunks) await ctx.db.delete("message_chunks", _id);
      });
      const events = await all(await opened(stage, { runId: sent.runId, key }));
      expect(events.map(({ event }) => event)).toEqual(["run", "message", "end"]);
      expect(events[1]!.data.content).toContain("gone");
    });

    test("is nobody's who may not read the session, and ends for whoever may no more", async () => {
      world.simulator.control.fault({ fault: { kind: "slow", msPerPiece: 5 } });
      const stage = await scene();
      const other = await tenantWith(stage.t, { subject: "bob" });
      const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: LONG });
      const asked = (key: string, id: string = runId) => opened(stage, { runId: id, key });
      expect((await asked(await keyOf(other))).status).toBe(404);
      expect((await asked(await keyOf(stage, ["agents:read"]))).status).toBe(403);
      expect((await asked("ak_live_none")).status).toBe(401);
      expect((await asked(await keyOf(stage), "no-id")).status).toBe(404);

      const { key, _id: id } = await stage.as.action(api.actions.keys.create, {
        name: "Reads for a while",
        scopes: ["sessions:read"],
      });
      const finished = driver === "convex-test" ? stage.t.finishScheduled() : null;
      let last: Event | undefined;
      for await (const event of eventsOf(await asked(key))) {
        if (last === undefined) await stage.as.mutation(api.mutations.keys.revoke, { id });
        last = event;
      }
      expect(last).toMatchObject({ event: "failure", data: { kind: "unauthenticated" } });
      await finished;
    });
  });
});
