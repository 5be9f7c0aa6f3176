/** The same question to an agent, by every way that programs have. */
export type Place = { siteUrl: string; model: string; agentId: string };

export const SNIPPETS: Readonly<Record<string, (place: Place) => string>> = {
  "curl, OpenAI's way": ({ siteUrl, model }) => `curl ${siteUrl}/v1/chat/completions \\
  -H "authorization: Bearer $AGENTIK_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,

  "OpenAI's client in TypeScript": ({ siteUrl, model }) => `import OpenAI from "openai";

const openai = new OpenAI({
  baseURL: "${siteUrl}/v1",
  apiKey: process.env.AGENTIK_API_KEY,
});
const reply = await openai.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(reply.choices[0].message.content);`,

  "OpenAI's client in Python": ({ siteUrl, model }) => `import os
from openai import OpenAI

openai = OpenAI(base_url="${siteUrl}/v1", api_key=os.environ["AGENTIK_API_KEY"])
reply = openai.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(reply.choices[0].message.content)`,

  "Anthropic's client in TypeScript": ({
    siteUrl,
    model,
  }) => `import Anthropic from "@anthropic-ai/sdk";

const anthropic = new Anthropic({
  baseURL: "${siteUrl}",
  apiKey: process.env.AGENTIK_API_KEY,
});
const reply = await anthropic.messages.create({
  model: "${model}",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hello" }],
});
console.log(reply.content);`,

  "curl, the native API": ({ siteUrl, agentId }) => `curl ${siteUrl}/api/v1/runs \\
  -H "authorization: Bearer $AGENTIK_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{"agentId": "${agentId}", "content": "Hello"}'`,
};
