/** A receiver of webhooks on a real socket: it keeps what it is sent, and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type Received = {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The `webhook-id`. */
  id: string;
  type: string;
  data: Record<string, unknown>;
};
type Answer = (received: Received, response: ServerResponse) => void;

export type Receiver = {
  url: string;
  port: number;
  received: Received[];
  /** Connections that were opened, with or without a request. */
  connections: number;
  /** How the next requests are answered, until it is told otherwise. */
  answer(answer: Answer | number): void;
  reset(): void;
  close(): Promise<void>;
};

/** @param host - Of loopback. */
export async function openReceiver(host = "127.0.0.1", port = 0): Promise<Receiver> {
  let answer: Answer = saying(204);
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        const { type, data } = JSON.parse(body) as Pick<Received, "type" | "data">;
        const { url: path = "", headers } = request;
        const received = { path, headers, body, id: String(headers["webhook-id"]), type, data };
        receiver.received.push(received);
        answer(received, response);
      },
      () => undefined, // the sender is gone
    );
  });
  server.on("connection", () => receiver.connections++);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const at = (server.address() as AddressInfo).port;
  const receiver: Receiver = {
    url: `http://${host}:${at}`,
    port: at,
    received: [],
    connections: 0,
    answer: (given) => void (answer = typeof given === "number" ? saying(given) : given),
    reset() {
      receiver.received = [];
      receiver.connections = 0;
      answer = saying(204);
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

function saying(status: number): Answer {
  return (_received, response) => response.writeHead(status).end();
}
