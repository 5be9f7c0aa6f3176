/** Agents that reach out: to the hosts that their settings name, and to no other. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { saying } from "../support/outside";
import { failureOf, firstPage, onEachDriver } from "./setup";
import { ENDED, runIn, scene } from "./turn";
import { openWorld } from "./world";

const world = openWorld();

const asking = (url: string) => ({ name: "http_get", argumentsJson: JSON.stringify({ url }) });

onEachDriver(() => {
  describe("an agent with http_get", () => {
    test("reads what an allowed host says, and reaches no other", async () => {
      const { as, agentId } = await scene();
      const allowedHosts = ["API.example.com", " *.example.org "];
      const tools = [{ name: "http_get" as const, allowedHosts }];
      await as.mutation(api.mutations.agents.update, { agentId, tools });
      const kept = await as.query(api.queries.agents.get, { agentId });
      expect(kept.tools?.[0]?.allowedHosts).toEqual(["api.example.com", "*.example.org"]);

      world.outside.serve("api.example.com", saying("<h1>1.19</h1>", "text/html"));
      world.outside.serve("api.example.org", (_asked, response) =>
        response.writeHead(302, { location: "https://evil.example/?q=secret" }).end(),
      );
      const urls = [
        "https://api.example.com/rate",
        "https://api.example.org/",
        "https://evil.example/",
        "https://169.254.169.254/latest/meta-data/",
        "http://api.example.com/",
      ];
      world.simulator.control.reply({ toolCalls: urls.map(asking) });
      const content = "What is the rate?";
      const sent = await as.mutation(api.mutations.messages.send, { agentId, content });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      const { page } = await as.query(api.queries.messages.list, {
        sessionId: sent.sessionId,
        paginationOpts: firstPage,
      });
      const results = page[1]?.toolCalls?.map(({ result }) => result);
      expect(results?.[0]).toMatchObject({ text: expect.stringContaining("1.19"), isError: false });
      expect(results?.slice(1).map((result) => result?.isError)).toEqual([true, true, true, true]);
      expect(results?.[2]?.text).toContain("allowed: api.example.com, *.example.org");
      expect(world.outside.requests.map(({ url }) => url.href).toSorted()).toEqual(
        urls.slice(0, 2),
      );
    });

    test("says where it may go, and only it", async () => {
      const { as, agentId } = await scene();
      const { update } = api.mutations.agents;
      const many = Array.from({ length: 51 }, (_, n) => `a${n}.example.com`);
      for (const allowedHosts of [undefined, [], many, ["10.0.0.1"], ["api.example.com", "*"]]) {
        const tools = [{ name: "http_get" as const, ...(allowedHosts && { allowedHosts }) }];
        const failure = await failureOf(as.mutation(update, { agentId, tools }));
        expect(failure).toMatchObject({ kind: "invalid_argument", field: "tools" });
      }
      const tools = [{ name: "clock" as const, allowedHosts: ["api.example.com"] }];
      const failure = await failureOf(as.mutation(update, { agentId, tools }));
      expect(failure).toMatchObject({ kind: "invalid_argument", field: "tools" });
    });
  });
});
