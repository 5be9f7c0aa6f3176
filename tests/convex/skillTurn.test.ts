/** Turns in which the agent uses its skills: instructions that it reads, and requests that it makes. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { saying } from "../support/outside";
import { expectFailure, firstPage as paginationOpts, onEachDriver } from "./setup";
import { ENDED, ledgerOf, runIn, scene, type Scene } from "./turn";
import { openWorld } from "./world";

const world = openWorld();

const { send } = api.mutations.messages;
const KEY = "sk-tickets-0123456789";
const inputSchema = {
  type: "object",
  properties: { text: { type: "string" } },
  required: ["text"],
  additionalProperties: false,
};
const url = "https://tickets.example.com/v1/tickets";
const headers = { authorization: "Bearer {credential}" };
const http = (method: "GET" | "POST", description: string) => ({
  permissions: [`network.http.${method.toLowerCase()}`],
  http: { method, description, url, headers, inputSchema },
});
const SKILLS = {
  skill_limerick: {
    permissions: [],
    skillMd: "---\nname: limerick\ndescription: Jokes.\n---\nFive lines, two rhymes.",
  },
  skill_haiku: {
    permissions: [],
    skillMd: "---\nname: haiku\ndescription: Writes verse.\n---\nFive, seven, five syllables.",
  },
  skill_find_tickets: http("GET", "Finds tickets."),
  skill_open_ticket: http("POST", "Opens a ticket."),
};
type SkillName = keyof typeof SKILLS;

/** An agent that has all of them. */
async function skilled(): Promise<Scene> {
  const stage = await scene();
  const { as, agentId } = stage;
  await as.mutation(api.mutations.agents.update, { agentId, skills: [], systemPrompt: "" });
  for (const [id, skill] of Object.entries(SKILLS)) {
    const texts = {
      id,
      name: id,
      description: "Of its listing",
      category: "data",
      version: "1.0.0",
    };
    await as.action(api.actions.skills.create, { ...texts, ...skill });
    const grantedPermissions = skill.permissions;
    await as.mutation(api.mutations.skills.install, { agentId, skillId: id, grantedPermissions });
    if (!("http" in skill)) continue;
    await as.action(api.actions.skills.setCredential, { agentId, skillId: id, credential: KEY });
  }
  return stage;
}

const reading = (skill: string) => ({
  name: "use_skill",
  argumentsJson: JSON.stringify({ skill }),
});
const calling = (name: SkillName, args: object) => ({ name, argumentsJson: JSON.stringify(args) });

async function messagesOf({ as }: Scene, sessionId: Id<"sessions">) {
  const { page } = await as.query(api.queries.messages.list, { sessionId, paginationOpts });
  return page.toReversed();
}

async function usesOf({ as, agentId }: Scene) {
  const { page } = await as.query(api.queries.skills.installed, { agentId, paginationOpts });
  return Object.fromEntries(page.map(({ skillId, useCount }) => [skillId, useCount]));
}

onEachDriver(() => {
  describe("an agent with skills", () => {
    test("knows what they are for, reads instructions, makes requests, and is told what came of it", async () => {
      const stage = await skilled();
      const { as, agentId } = stage;
      world.outside.serve("tickets.example.com", (asked, response) =>
        response
          .writeHead(200, { "content-type": "text/plain" })
          .end(`none; ${String(asked.headers["authorization"])}`),
      );
      const toolCalls = [
        reading("skill_haiku"),
        calling("skill_find_tickets", { text: "printer" }),
        calling("skill_find_tickets", { words: "printer" }),
        reading("skill_open_ticket"),
      ];
      world.simulator.control.reply({ toolCalls });
      const sent = await as.mutation(send, { agentId, content: "Any tickets, in verse?" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");

      const [, reply, answer] = await messagesOf(stage, sent.sessionId);
      const results = reply?.toolCalls?.map(({ result }) => result);
      expect(results?.[0]).toEqual({ text: "Five, seven, five syllables.", isError: false });
      expect(results?.[1]).toEqual({ text: "none; Bearer ••••", isError: false });
      expect(results?.[2]).toMatchObject({ isError: true });
      expect(results?.[3]).toMatchObject({ isError: true });
      expect(reply?.skillsUsed).toEqual(["skill_haiku", "skill_find_tickets", "skill_open_ticket"]);
      // The simulator says what it was told first: the prompt begins with the skills.
      expect(answer?.content).toContain("You have skills.");
      expect(world.outside.requests).toMatchObject([
        { method: "GET", headers: { authorization: `Bearer ${KEY}` } },
      ]);
      expect(world.outside.requests[0]?.url.href).toBe(`${url}?text=printer`);
      await expect
        .poll(() => usesOf(stage), { timeout: 10_000 })
        .toEqual({
          skill_limerick: 0,
          skill_haiku: 1,
          skill_find_tickets: 2,
          skill_open_ticket: 1,
        });
      await ledgerOf(stage);
    });

    test("asks before a request that changes something, and makes it once", async () => {
      const stage = await skilled();
      const { as, agentId } = stage;
      world.outside.serve("tickets.example.com", saying("opened"));
      world.simulator.control.reply({
        toolCalls: [calling("skill_open_ticket", { text: "Paper jam" })],
      });
      const sent = await as.mutation(send, { agentId, content: "Open a ticket" });
      const pending = async () => {
        const { page } = await as.query(api.queries.approvals.list, {
          state: "pending",
          paginationOpts,
        });
        return page;
      };
      await expect
        .poll(pending, { timeout: 10_000 })
        .toMatchObject([{ toolName: "skill_open_ticket", argumentsJson: '{"text":"Paper jam"}' }]);
      expect(world.outside.requests).toEqual([]);
      const [approval] = await pending();
      await as.mutation(api.mutations.approvals.decide, {
        approvalId: approval!._id,
        decision: "approve",
      });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      expect(world.outside.requests).toMatchObject([
        { method: "POST", body: '{"text":"Paper jam"}' },
      ]);
      const [, reply] = await messagesOf(stage, sent.sessionId);
      expect(reply?.toolCalls?.[0]?.result).toEqual({ text: "opened", isError: false });
    });

    test("asks as each skill's approval says: for reading, or not at all", async () => {
      const stage = await skilled();
      const { as, agentId } = stage;
      const { setApproval, upgrade } = api.mutations.skills;
      world.outside.serve("tickets.example.com", saying("done"));
      const asks = { required: true, role: "admin", expiresAfterMinutes: 5 } as const;
      const readers = ["skill_haiku", "skill_find_tickets"] as const;
      for (const skillId of readers)
        await as.mutation(setApproval, { agentId, skillId, approval: asks });
      const writer = { agentId, skillId: "skill_open_ticket" };
      await as.mutation(setApproval, { ...writer, approval: { required: false } });
      await expectFailure(
        as.mutation(setApproval, { ...writer, approval: { ...asks, expiresAfterMinutes: 0 } }),
        {
          kind: "invalid_argument",
          field: "approval.expiresAfterMinutes",
          reason: "must be a whole number from 1 to 43200",
        },
      );
      const toolCalls = [
        calling("skill_open_ticket", { text: "Paper jam" }),
        reading("skill_haiku"),
        calling("skill_find_tickets", { text: "printer" }),
      ];
      world.simulator.control.reply({ toolCalls });
      const sent = await as.mutation(send, { agentId, content: "Open a ticket" });
      const pending = async () => {
        const args = { runId: sent.runId, state: "pending" as const, paginationOpts };
        return (await as.query(api.queries.approvals.list, args)).page;
      };
      const waiting = ["skill_find_tickets", "use_skill"];
      await expect
        .poll(async () => (await pending()).map(({ toolName }) => toolName).toSorted())
        .toEqual(waiting);
      expect((await pending()).map(({ role }) => role)).toEqual(["admin", "admin"]);
      // All that a reply asks for is asked about before any of it is done.
      expect(world.outside.requests).toEqual([]);
      for (const { _id: approvalId } of await pending()) {
        await as.mutation(api.mutations.approvals.decide, { approvalId, decision: "approve" });
      }
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      expect(world.outside.requests.map(({ method }) => method)).toEqual(["POST", "GET"]);

      // The next version asks for something else under the same name.
      const { http: request } = SKILLS.skill_open_ticket;
      const next = { ...request, method: "DELETE" as const };
      const permissions = ["network.http.delete"];
      const { skillId } = writer;
      const version = { skillId, version: "2.0.0", permissions, http: next };
      await as.action(api.actions.skills.addVersion, version);
      await as.mutation(upgrade, { ...writer, grantedPermissions: permissions });
      const { page } = await as.query(api.queries.skills.installed, { agentId, paginationOpts });
      expect(page.map(({ approval }) => approval)).toEqual([undefined, asks, asks, undefined]);
    });

    test("has no tool of a skill that was disabled, nor of one that it is not to have", async () => {
      const stage = await skilled();
      const { as, agentId } = stage;
      await as.mutation(api.mutations.skills.disable, { agentId, skillId: "skill_find_tickets" });
      const skills = ["skill_find_tickets", "skill_open_ticket"];
      await as.mutation(api.mutations.agents.update, { agentId, skills });
      const toolCalls = [
        calling("skill_find_tickets", { text: "printer" }),
        reading("skill_haiku"),
        calling("skill_haiku", {}),
      ];
      world.simulator.control.reply({ toolCalls });
      const sent = await as.mutation(send, { agentId, content: "Any tickets?" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      const [, reply] = await messagesOf(stage, sent.sessionId);
      expect(reply?.toolCalls?.map(({ result }) => result?.text)).toEqual([
        "There is no tool skill_find_tickets.",
        "There is no tool use_skill.",
        "There is no tool skill_haiku.",
      ]);
      expect(world.outside.requests).toEqual([]);
    });
  });
});
