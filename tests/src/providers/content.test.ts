/** What goes to a model besides text: images and files in each API's form, and its own earlier thoughts. */
import { describe, expect, test } from "vitest";
import { acceptsMedia } from "../../../src/providers/media";
import type {
  AssistantPart,
  ChatMessage,
  ProviderName,
  ReasoningPart,
} from "../../../src/providers/provider";
import { providerFor } from "../../../src/providers/registry";
import { collect, requestOf } from "./calls";

/** The body that the provider is sent for a conversation. */
async function sentBy(
  name: ProviderName,
  { model, messages }: { model: string; messages: readonly ChatMessage[] },
): Promise<unknown> {
  let body: unknown = null;
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    body = await new Request(url, init).json();
    return Response.json({ error: { message: "seen enough" } }, { status: 400 });
  };
  const settings = { apiKey: "k", baseUrl: "http://provider.invalid/v1", fetch };
  await collect(providerFor(name, settings).stream(requestOf("", { model, messages })));
  return body;
}

const PNG = "iVBORw0KGgo=";
const PDF = "JVBERi0xLjc=";
const SHOWN: readonly ChatMessage[] = [
  {
    role: "user",
    content: [
      { kind: "text", text: "What is it?" },
      { kind: "image", contentType: "image/png", base64: PNG },
      { kind: "file", contentType: "application/pdf", base64: PDF, name: "bill.pdf" },
    ],
  },
];

describe("images and files", () => {
  test("Anthropic", async () => {
    expect(await sentBy("anthropic", { model: "claude-opus-5-5", messages: SHOWN })).toMatchObject({
      messages: [
        {
          content: [
            { type: "text", text: "What is it?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
            {
              type: "document",
              title: "bill.pdf",
              source: { type: "base64", media_type: "application/pdf", data: PDF },
            },
          ],
        },
      ],
    });
  });

  test("OpenAI", async () => {
    expect(await sentBy("openai", { model: "gpt-6-sol", messages: SHOWN })).toMatchObject({
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is it?" },
            { type: "input_image", image_url: `data:image/png;base64,${PNG}` },
            {
              type: "input_file",
              filename: "bill.pdf",
              file_data: `data:application/pdf;base64,${PDF}`,
            },
          ],
        },
      ],
    });
  });

  test("servers that speak Chat Completions: parts only where there is more than text", async () => {
    const model = "qwen3-vl";
    const said: ChatMessage = { role: "user", content: [{ kind: "text", text: "Hello" }] };
    const messages = [said, ...SHOWN];
    expect(await sentBy("openai_compatible", { model, messages })).toMatchObject({
      messages: [
        { role: "user", content: "Hello" },
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
            {
              type: "file",
              file: { filename: "bill.pdf", file_data: `data:application/pdf;base64,${PDF}` },
            },
          ],
        },
      ],
    });
  });

  test("Google", async () => {
    const model = "gemini-3.5-flash";
    expect(await sentBy("google", { model, messages: SHOWN })).toMatchObject({
      contents: [
        {
          role: "user",
          parts: [
            { text: "What is it?" },
            { inlineData: { mimeType: "image/png", data: PNG } },
            { inlineData: { mimeType: "application/pdf", data: PDF } },
          ],
        },
      ],
    });
  });

  test.each([
    ["anthropic", "claude-haiku-4-5", "image/png", true],
    ["anthropic", "claude-opus-5-5", "Application/PDF; charset=binary", true],
    ["anthropic", "claude-opus-5-5", "image/heic", false],
    ["openai", "gpt-6.1-terra", "image/webp", true],
    ["openai", "gpt-4o-mini", "image/png", true],
    ["openai", "gpt-4-0613", "image/png", false],
    ["openai", "o3-mini", "image/png", false],
    ["openai", "gpt-6-sol", "audio/mpeg", false],
    ["google", "gemini-3.8-flash", "video/mp4", true],
    ["google", "gemini-3.8-flash", "text/plain", false],
    ["openai_compatible", "llama-local", "image/png", false],
    ["openai_compatible", "qwen2.5-vl-72b", "image/png", true],
    ["openai_compatible", "anthropic/claude-sonnet-5-5", "image/jpeg", true],
    ["openai_compatible", "qwen2.5-vl-72b", "application/pdf", false],
  ] as const)("%s's %s is shown %s: %s", (...row) => {
    const [provider, model, contentType, accepted] = row;
    expect(acceptsMedia({ provider, model, contentType })).toBe(accepted);
  });
});

describe("earlier thoughts", () => {
  const thoughtOf = (provider: ProviderName, model: string, block: object): ReasoningPart => ({
    kind: "reasoning_part",
    provider,
    model,
    block: JSON.stringify(block),
  });
  const conversation = (...thoughts: ReasoningPart[]): readonly ChatMessage[] => {
    const call = {
      kind: "tool_call",
      toolCallId: "call_1",
      name: "clock",
      argumentsJson: "{}",
    } as const;
    const content: AssistantPart[] = [...thoughts, { kind: "text", text: "Let me look." }, call];
    const result = { kind: "tool_result", toolCallId: "call_1", text: "noon", isError: false };
    return [
      { role: "user", content: [{ kind: "text", text: "What time is it?" }] },
      { role: "assistant", content },
      { role: "tool", content: [result as typeof result & { kind: "tool_result" }] },
    ];
  };
  const THINKING = { type: "thinking", thinking: "A clock tells.", signature: "c2lnbmVk" };
  const REASONING = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "c2VjcmV0" };

  test.each([
    ["anthropic", "claude-opus-5-5", THINKING, "messages"],
    ["openai", "gpt-6-sol", REASONING, "input"],
  ] as const)("%s gets its own back, unchanged and in their place", async (...row) => {
    const [provider, model, block, field] = row;
    const thoughts = [
      thoughtOf(provider, "another-model", { type: "thinking", thinking: "?", signature: "?" }),
      thoughtOf(provider === "openai" ? "anthropic" : "openai", model, { type: "foreign" }),
      thoughtOf(provider, model, block),
    ];
    const body = await sentBy(provider, { model, messages: conversation(...thoughts) });
    const sent = JSON.stringify((body as Record<string, unknown>)[field]);
    expect(sent).toContain(JSON.stringify(block));
    expect(sent.indexOf(JSON.stringify(block))).toBeLessThan(sent.indexOf("Let me look."));
    expect(sent).not.toContain('"?"');
    expect(sent).not.toContain("foreign");
  });

  test("a reply of nothing but another model's thought is left out", async () => {
    const model = "claude-opus-5-5";
    const foreign = thoughtOf("anthropic", "claude-opus-4-5", THINKING);
    const messages: ChatMessage[] = [
      { role: "user", content: [{ kind: "text", text: "Hello" }] },
      { role: "assistant", content: [foreign] },
      { role: "user", content: [{ kind: "text", text: "Well?" }] },
    ];
    const body = (await sentBy("anthropic", { model, messages })) as { messages: unknown[] };
    expect(body.messages).toHaveLength(2);
  });

  test("servers whose models think between calls get the thought back until the turn is over", async () => {
    const model = "deepseek-v4-pro";
    const thought = thoughtOf("openai_compatible", model, { reasoning_content: "Hm." });
    const turn = conversation(thought);
    const inTurn = await sentBy("openai_compatible", { model, messages: turn });
    expect(JSON.stringify(inTurn)).toContain('"reasoning_content":"Hm."');
    const later = [...turn, { role: "user", content: [{ kind: "text", text: "Thanks" }] } as const];
    const body = await sentBy("openai_compatible", { model, messages: later });
    expect(JSON.stringify(body)).not.toContain("reasoning_content");
  });
});
