import { request as httpRequest } from "node:http";
import { connect as connectTcp } from "node:net";
import { describe, expect, test } from "vitest";
import { ADMIN_KEY } from "./rawClient";
import { serve, type Serving } from "./serving";

/** Answers with what the function saw. */
async function seen(serving: Serving): Promise<void> {
  serving.runtime.respond = async (request, identity) =>
    Response.json({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      hasBody: request.body !== null,
      body: await request.text(),
      identity: identity.kind,
    });
}

type Seen = { url: string; identity: string; headers: Record<string, string> };

async function seenBy(url: string, init?: RequestInit): Promise<Seen> {
  return (await (await fetch(url, init)).json()) as Seen;
}

describe("requests", () => {
  test("method, URL, headers and body arrive as they were sent", async () => {
    const serving = await serve();
    await seen(serving);
    const { siteUrl } = serving;
    const request = await seenBy(`${siteUrl}/a%20b/c?x=1&x=2`, {
      method: "PATCH",
      headers: { "X-Custom": "v", "Content-Type": "text/plain" },
      body: "hällo",
    });
    expect(request).toMatchObject({
      method: "PATCH",
      url: `${siteUrl}/a%20b/c?x=1&x=2`,
      hasBody: true,
      body: "hällo",
    });
    expect(request.headers).toMatchObject({ "x-custom": "v", "content-type": "text/plain" });
  });

  test.each(["GET", "OPTIONS"])("%s has no body", async (method) => {
    const serving = await serve();
    await seen(serving);
    expect(await seenBy(serving.siteUrl, { method })).toMatchObject({ method, hasBody: false });
  });

  test("/http/* on the API port is the same router, without the prefix", async () => {
    const serving = await serve();
    await seen(serving);
    const { apiUrl } = serving;
    expect(await seenBy(`${apiUrl}/http/a/b?c`)).toMatchObject({ url: `${apiUrl}/a/b?c` });
    expect(await seenBy(`${apiUrl}/http`)).toMatchObject({ url: `${apiUrl}/` });
    expect(await seenBy(`${apiUrl}/http/`)).toMatchObject({ url: `${apiUrl}/` });
    expect((await fetch(`${apiUrl}/https`)).status).toBe(404);
  });

  test.each([
    [{ "X-Forwarded-Proto": "https", "X-Forwarded-Host": "x.example" }, "https://x.example/p"],
    [{ "X-Forwarded-Proto": "https, http" }, /^https:\/\/127/],
    [{ Forwarded: 'for=1;proto=https;host="y.example", proto=http' }, "https://y.example/p"],
  ])("behind a proxy with %o the URL is the client's", async (headers, url) => {
    const serving = await serve();
    await seen(serving);
    expect((await seenBy(`${serving.siteUrl}/p`, { headers })).url).toEqual(
      typeof url === "string" ? url : expect.stringMatching(url),
    );
  });

  test.each([
    ["Bearer something.of.theirs", "none"],
    ["Basic dXNlcjpwYXNz", "none"],
    [`Convex ${ADMIN_KEY}0`, "none"],
    [`Convex ${ADMIN_KEY}`, "admin"],
  ])("Authorization: %s makes the caller %s, and is passed on", async (Authorization, kind) => {
    const serving = await serve();
    await seen(serving);
    const request = await seenBy(serving.siteUrl, { headers: { Authorization } });
    expect(request.identity).toBe(kind);
    expect(request.headers["authorization"]).toBe(Authorization);
  });

  test("a host that is none is a bad request", async () => {
    const { siteUrl } = await serve();
    const { port } = new URL(siteUrl);
    const answer = await new Promise<string>((resolve) => {
      const socket = connectTcp(Number(port), "127.0.0.1", () =>
        socket.write("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"),
      );
      socket.on("data", (data) => resolve(String(data)));
    });
    expect(answer).toMatch(/^HTTP\/1.1 400/);
  });

  test("the body is read only as fast as the function reads it", async () => {
    const { runtime, siteUrl } = await serve();
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    runtime.respond = async (request) => {
      const reader = request.body!.getReader();
      await reader.read();
      await released;
      let bytes = 0;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return new Response(String(bytes));
        bytes += (value as Uint8Array).length;
      }
    };
    let sent = 0;
    const response = new Promise<string>((resolve) => {
      const request = httpRequest(siteUrl, { method: "POST" }, (answer) => {
        answer.on("data", (data) => resolve(String(data)));
      });
      const chunk = Buffer.alloc(256 * 1024);
      const write = () => {
        while (sent < 16 * 1024 * 1024) {
          sent += chunk.length;
          if (!request.write(chunk)) return void request.once("drain", write);
        }
        request.end();
      };
      write();
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBeLessThan(10 * 1024 * 1024);
    release();
    expect(Number(await response)).toBeGreaterThan(15 * 1024 * 1024);
  });

  test("a body of more than 20 MB is refused, announced or not", async () => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = async (request) => new Response(String((await request.text()).length));
    const bytes = 20 * 1024 * 1024;
    const exact = await fetch(siteUrl, { method: "POST", body: new Uint8Array(bytes) });
    expect(await exact.text()).toBe(String(bytes));
    const announced = await fetch(siteUrl, { method: "POST", body: new Uint8Array(bytes + 1) });
    expect(announced.status).toBe(413);
    const chunk = new Uint8Array(1024 * 1024);
    let left = 21;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect((await fetch(siteUrl, init)).status).toBe(413);
  });
});

describe("responses", () => {
  test("status, headers, cookies and bytes arrive as the function made them", async () => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = () => {
      const headers = new Headers({ "X-Custom": "v", Connection: "close" });
      headers.append("Set-Cookie", "a=1");
      headers.append("Set-Cookie", "b=2");
      return new Response(new Uint8Array([0, 255, 1]), { status: 418, headers });
    };
    const response = await fetch(siteUrl);
    expect(response.status).toBe(418);
    expect(response.headers.get("x-custom")).toBe("v");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255, 1]));
  });

  test("no CORS headers are added", async () => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = () => new Response("x");
    const response = await fetch(siteUrl, { headers: { Origin: "https://app.example" } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("without a route it is 404", async () => {
    const { siteUrl } = await serve();
    const response = await fetch(`${siteUrl}/nothing`);
    expect([response.status, await response.text()]).toEqual([404, "No matching routes found"]);
  });

  test.each([204, 304])("a %i has no body", async (status) => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = () => new Response(null, { status });
    expect((await fetch(siteUrl)).status).toBe(status);
  });

  test("HEAD gets the headers alone", async () => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = () => new Response("body", { headers: { "X-Custom": "v" } });
    const response = await fetch(siteUrl, { method: "HEAD" });
    expect([response.headers.get("x-custom"), await response.text()]).toEqual(["v", ""]);
  });

  test("a stream arrives piece by piece, its headers before the first piece", async () => {
    const { runtime, siteUrl } = await serve();
    let push: (text: string | null) => void = () => {};
    runtime.respond = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            push = (text) =>
              text === null
                ? controller.close()
                : controller.enqueue(new TextEncoder().encode(text));
          },
        }),
        { headers: { "Content-Type": "text/event-stream" } },
      );
    const response = await fetch(siteUrl);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = response.body!.getReader();
    for (const text of ["one", "two"]) {
      push(text);
      expect(new TextDecoder().decode((await reader.read()).value)).toBe(text);
    }
    push(null);
    expect((await reader.read()).done).toBe(true);
  });

  test("a stream is made only as fast as the client reads it", async () => {
    const { runtime, siteUrl } = await serve();
    let made = 0;
    runtime.respond = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            if (made >= 200) return controller.close();
            made += 1;
            controller.enqueue(new Uint8Array(1024 * 1024));
          },
        }),
      );
    const request = httpRequest(siteUrl);
    const response = await new Promise<NodeJS.ReadableStream>((resolve) => {
      request.on("response", resolve).end();
    });
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(made).toBeLessThan(100);
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(200 * 1024 * 1024);
  });

  test("a client that goes away ends the stream and aborts the request's signal", async () => {
    const { runtime, siteUrl } = await serve();
    const events: string[] = [];
    runtime.respond = (request) => {
      request.signal.addEventListener("abort", () => events.push("abort"));
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(1)),
          cancel: () => void events.push("cancel"),
        }),
      );
    };
    const abort = new AbortController();
    const response = await fetch(siteUrl, { signal: abort.signal });
    await response.body!.getReader().read();
    abort.abort();
    await expect.poll(() => events.toSorted()).toEqual(["abort", "cancel"]);
  });

  test("a client that is answered in full aborts nothing", async () => {
    const { runtime, siteUrl } = await serve();
    let aborted = false;
    runtime.respond = (request) => {
      request.signal.addEventListener("abort", () => (aborted = true));
      return new Response("x");
    };
    await (await fetch(siteUrl)).text();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(aborted).toBe(false);
  });

  test("a function that throws is a 500 with code and trace", async () => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = () => {
      throw new Error("boom");
    };
    const response = await fetch(siteUrl);
    expect(response.status).toBe(500);
    const body = (await response.json()) as Record<string, string>;
    expect(body["code"]).toMatch(/^\[Request ID: [0-9a-f]{16}\] Server Error: boom$/);
    expect(body["trace"]).toContain("boom");
  });

  test("one that throws midway cuts the connection: half a body must not look whole", async () => {
    const { runtime, siteUrl } = await serve();
    runtime.respond = () =>
      new Response(
        new ReadableStream(
          {
            pull(controller) {
              controller.enqueue(new TextEncoder().encode("half"));
              setTimeout(() => controller.error(new Error("boom")), 20);
            },
          },
          { highWaterMark: 0 },
        ),
      );
    const response = await fetch(siteUrl);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });
});
