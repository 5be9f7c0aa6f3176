/** What `npm start` says to people. With `--json` it says nothing until the one line. */
import colours from "picocolors";
import type { DemoListener, DemoResult } from "./demo";
import type { DemoModel } from "./model";
import type { DemoTenant } from "./tenants";

export type Printer = {
  line(text: string): void;
  demo: DemoListener;
};

export const SILENT: Printer = { line: () => {}, demo: { onSent: () => {}, onText: () => {} } };

export const STORY_TEXT =
  "  Tenant demo has been given two weeks of a past, all made up: agents, conversations, costs, budgets, a run that\n" +
  "  failed and a call that waits for an approval. --no-demo leaves that out.\n";

export function createPrinter(): Printer {
  return {
    line: (text) => console.log(text),
    demo: {
      onSent: (question) => {
        console.log(`${colours.bold("You")}    ${question}`);
        process.stdout.write(`${colours.bold("Agent")}  `);
      },
      onText: (text) => {
        process.stdout.write(colours.cyan(text.replaceAll("\n", "\n       ")));
      },
    },
  };
}

export function modelText({ provider, model, simulator }: DemoModel): string {
  if (simulator === null) return `The agent calls ${model} of ${provider}, with your key.`;
  return colours.yellow(
    `No ANTHROPIC_API_KEY, OPENAI_API_KEY or GOOGLE_API_KEY is set: the simulator at ${simulator.url} answers in place of ` +
      `${model}.\nIts tokens are accounted at the real price; no money is spent.`,
  );
}

export function resultText({ message, costEvents, session, run, summary }: DemoResult): string {
  const rows: [string, string][] = [
    ["Message", `${message._id}  stored, ${message.status}, ${message.content.length} characters`],
    ["Run", `${run._id}  ${run.state.kind}`],
  ];
  for (const event of costEvents) {
    const model = event.servedModel ?? event.model;
    rows.push([
      "Cost event",
      `${event._id}  ${model}, priced by ${event.priceVersion ?? "nothing"}`,
    ]);
    for (const line of event.lines) {
      const tokens = `${String(line.tokens).padStart(6)} ${line.class}`;
      rows.push(["", `${tokens.padEnd(24)} × $${line.unitUsd} = $${line.amountUsd}`]);
    }
    rows.push([
      "",
      `${colours.bold(`$${event.totalCostUsd}`)}  = ${event.totalCostPico} picodollars`,
    ]);
  }
  const { total } = summary.exact;
  const calls = total.costEvents === 1 ? "1 model call" : `${total.costEvents} model calls`;
  rows.push(
    [
      "Session",
      `${session.messageCount} messages, ${session.totalTokens} tokens, $${session.totalCostUsd}`,
    ],
    ["Tenant", `${calls} since the first start, $${total.costUsd}`],
  );
  return rows.map(([label, text]) => `${colours.dim(label.padEnd(11))}${text}`).join("\n");
}

export function tenantsText(tenants: readonly DemoTenant[], signInUrl: string): string {
  const rows = tenants.map(
    ({ slug, tenantId, agentId, apiKey }) =>
      `  ${`Tenant ${slug}`.padEnd(17)}${tenantId}  agent ${agentId}\n${" ".repeat(19)}key ${apiKey}`,
  );
  return `${rows.join("\n")}

  To sign up a tenant of your own, open this once, within 24 hours:
  ${signInUrl}
`;
}

/** How programs talk to the agent: any client of OpenAI's or Anthropic's will do. */
export function clientText({ siteUrl }: { siteUrl: string }, tenant: DemoTenant): string {
  const { agentModel, apiKey } = tenant;
  return `  To talk to the agent from a program:

  curl ${siteUrl}/v1/chat/completions -H "Authorization: Bearer ${apiKey}" \\
    -H "Content-Type: application/json" \\
    -d '{"model": "${agentModel}", "messages": [{"role": "user", "content": "Hello"}]}'

  new OpenAI({ baseURL: "${siteUrl}/v1", apiKey: "${apiKey}" })
    .chat.completions.create({ model: "${agentModel}", messages: [{ role: "user", content: "Hello" }] })
`;
}

export function apartText({ ownAgents, answer }: { ownAgents: number; answer: string }): string {
  return (
    `${colours.dim("Apart".padEnd(11))}The owner of tenant demo-two sees ${ownAgents} agent, their own; ` +
    `of demo's agent they are told: ${answer}.\n`
  );
}
