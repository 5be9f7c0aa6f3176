/** A collector of traces, as far as OTLP over HTTP with JSON goes: it keeps what it is sent, and fails when told to. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Span } from "../../src/tracing/otlp";

type Body = { resourceSpans: { resource: object; scopeSpans: { spans: Span[] }[] }[] };
export type Post = { path: string; headers: IncomingHttpHeaders; body: Body };

export type Collector = {
  url: string;
  posts: Post[];
  /** Of all posts that were taken. */
  spans(): Span[];
  /** What the next posts are answered, until it is told otherwise. */
  answer(status: number, headers?: Record<string, string>): void;
  reset(): void;
  close(): Promise<void>;
};

export async function openCollector(): Promise<Collector> {
  const posts: Post[] = [];
  let taken: Post[] = [];
  let reply: { status: number; headers: Record<string, string> } = { status: 200, headers: {} };
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const post = { path: request.url ?? "", headers: request.headers, body: body as Body };
      posts.push(post);
      if (reply.status === 200) taken.push(post);
      response.writeHead(reply.status, reply.headers).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    spans: () =>
      taken.flatMap(({ body }) =>
        body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    answer: (status, headers = {}) => void (reply = { status, headers }),
    reset() {
      posts.length = 0;
      taken = [];
      reply = { status: 200, headers: {} };
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The span's attribute as the plain value that it stands for. */
export function attributeOf(span: Span | undefined, key: string): unknown {
  const value = span?.attributes.find((one) => one.key === key)?.value;
  if (value === undefined) return undefined;
  if ("arrayValue" in value) return value.arrayValue.values.map((one) => Object.values(one)[0]);
  if ("intValue" in value) return Number(value.intValue);
  return Object.values(value)[0];
}
