/** Answers of providers, written down and played to the adapters, for what the simulator's APIs do not do. */
import type { ProviderName, ProviderRequest } from "../../../src/providers/provider";
import { providerFor } from "../../../src/providers/registry";
import type { CallTimeouts } from "../../../src/providers/streamCall";
import { collect, requestOf, type Outcome } from "./calls";

/** How the bytes of an answer arrive, and how it ends. */
export type Delivery = {
  bytes: Uint8Array;
  stepBytes?: number;
  ends?: "in good order" | "broken" | "never";
  status?: number;
  contentType?: string;
  baseUrl?: string;
  timeouts?: CallTimeouts;
  request?: Partial<ProviderRequest>;
};

function streamOf({ bytes, stepBytes = bytes.length || 1, ends = "in good order" }: Delivery) {
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent < bytes.length) {
        controller.enqueue(bytes.subarray(sent, sent + stepBytes));
        sent += stepBytes;
      } else if (ends === "broken") controller.error(new TypeError("terminated"));
      else if (ends === "in good order") controller.close();
      else await new Promise(() => undefined);
    },
  });
}

export function play(provider: ProviderName, delivery: Delivery): Promise<Outcome> {
  const { status = 200, contentType = "text/event-stream" } = delivery;
  const headers = { "content-type": contentType, "request-id": "req_1", "x-request-id": "req_1" };
  const fetch = (): Promise<Response> =>
    Promise.resolve(new Response(streamOf(delivery), { status, headers }));
  const { baseUrl = "http://provider.invalid/v1", timeouts } = delivery;
  const settings = { apiKey: "k", baseUrl, fetch, ...(timeouts !== undefined && { timeouts }) };
  const request = requestOf("What is the weather?", delivery.request);
  return collect(providerFor(provider, settings).stream(request));
}

export const frames = (...data: (string | object)[]): Uint8Array =>
  new TextEncoder().encode(
    data
      .map((each) => `data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`)
      .join(""),
  );

/** Anthropic's have names. */
export const events = (...data: { type: string }[]): Uint8Array =>
  new TextEncoder().encode(
    data.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join(""),
  );

/** A frame of Chat Completions. */
export const chunk = (delta: object, finishReason: string | null, rest: object = {}): object => ({
  id: "c",
  object: "chat.completion.chunk",
  created: 0,
  model: "m",
  choices: [{ index: 0, delta, finish_reason: finishReason, ...rest }],
});

/** A frame of Responses about the response as a whole. */
export const response = (status: string, rest: object = {}): object => ({
  type: `response.${status}`,
  sequence_number: 1,
  response: { id: "r", model: "gpt-6-sol", status, output: [], ...rest },
});

/** A frame of Gemini's. */
export const candidate = (parts: object[], finishReason?: string, rest: object = {}): object => ({
  candidates: [{ content: { role: "model", parts }, finishReason }],
  ...rest,
});
