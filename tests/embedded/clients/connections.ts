/** Real clients of a backend, wherever it runs. */
import { ConvexClient, type ConvexClientOptions, ConvexHttpClient } from "convex/browser";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

const logger = false;

/** Options that every client over a socket needs here. */
export const socketOptions = {
  webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
  logger,
  unsavedChangesWarning: false,
} satisfies ConvexClientOptions;

export function httpClient({ apiUrl }: { apiUrl: string }, auth?: string): ConvexHttpClient {
  return new ConvexHttpClient(apiUrl, { logger, ...(auth === undefined ? {} : { auth }) });
}

export function socketClient({ apiUrl }: { apiUrl: string }): ConvexClient {
  const client = new ConvexClient(apiUrl, socketOptions);
  onTestFinished(() => client.close());
  return client;
}
