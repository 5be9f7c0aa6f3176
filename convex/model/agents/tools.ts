/** What an agent may call, as its settings say it. */
import { isHostPattern } from "../../../src/core/allowedHosts";
import {
  APPROVAL_LIFETIME_MINUTES,
  OUTGOING_TOOLS,
  type ApprovalSetting,
} from "../../../src/core/tools";
import type { Doc } from "../../_generated/dataModel";
import { checkedInteger } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { beginningOf } from "../../lib/texts";
import type { AgentTool } from "../../validators";

/** Each costs the model tokens in every call, and a list that nobody reads guards nothing. */
const HOSTS_MAX = 50;

/** What the agent's model may call: what its settings name, and with what goes out, the means to read on in it. */
export function toolsOf(
  { tools = [] }: Pick<Doc<"agents">, "tools">,
  skills: readonly unknown[],
): AgentTool[] {
  const goesOut = skills.length > 0 || tools.some(({ name }) => OUTGOING_TOOLS.has(name));
  const canReadOn = tools.some(({ name }) => name === "read_result");
  return goesOut && !canReadOn ? [...tools, { name: "read_result" }] : tools;
}

/** Each tool once; those that go out with where they may go, the others without; approvals with a time within reason. */
export function checkedTools(tools: AgentTool[]): AgentTool[] {
  if (new Set(tools.map(({ name }) => name)).size < tools.length) refuse("name each tool once");
  return tools.map((tool) => {
    const { name, allowedHosts, approval } = tool;
    if (approval !== undefined) checkedApproval("tools.approval", approval);
    if (OUTGOING_TOOLS.has(name)) return { ...tool, allowedHosts: checkedHosts(tool) };
    if (allowedHosts !== undefined) refuse(`${name} goes nowhere: leave allowedHosts out`);
    return tool;
  });
}

/** @throws invalid_argument - It would wait for too short or too long a time. */
export function checkedApproval(field: string, setting: ApprovalSetting): ApprovalSetting {
  const { expiresAfterMinutes: minutes } = setting;
  if (minutes !== undefined) {
    checkedInteger(`${field}.expiresAfterMinutes`, minutes, APPROVAL_LIFETIME_MINUTES);
  }
  return setting;
}

function checkedHosts({ name, allowedHosts = [] }: AgentTool): string[] {
  const hosts = [...new Set(allowedHosts.map((host) => host.trim().toLowerCase()))];
  if (hosts.length === 0) {
    refuse(`${name} needs allowedHosts, such as ["api.example.com", "*.example.org"]`);
  }
  if (hosts.length > HOSTS_MAX) {
    refuse(`${name} has ${hosts.length} allowedHosts; at most ${HOSTS_MAX} are allowed`);
  }
  const bad = hosts.find((host) => !isHostPattern(host));
  if (bad !== undefined) {
    refuse(
      `"${beginningOf(bad, 100)}" is no name of a public host, such as "api.example.com" or "*.example.org"`,
    );
  }
  return hosts;
}

function refuse(reason: string): never {
  return fail({ kind: "invalid_argument", field: "tools", reason });
}
