/**
 * What an answer may be: a stream of frames of bounded size, or an error with a message of bounded size. Servers and
 * the proxies before them send other things, with status 200, too: a page, JSON with an error, bytes without an end.
 */

/** Of an answer that is no stream: enough for any message. */
const ANSWER_CHARS_MAX = 64 * 1024;
/** Of JSON in its place, which may be a whole reply; and the longest frames repeat one. */
const LINE_BYTES_MAX = 4 * 1024 * 1024;
/** A frame may have many lines. A reply as long as a message may be, a frame for each token, has a good half of it. */
const STREAM_BYTES_MAX = 64 * 1024 * 1024;

const NEWLINE = 10;

/** Thrown while the stream is read: what came in its place. */
export class NoStream extends Error {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {
    super("the provider answered with something else than a stream");
  }

  /** What it says, if it is JSON. */
  get json(): unknown {
    try {
      return JSON.parse(this.text) as unknown;
    } catch {
      return null;
    }
  }
}

/** Thrown while the stream is read. */
export class OversizedStream extends Error {
  constructor() {
    super("the provider sent a frame that is too large");
  }
}

const REDIRECTED = "the provider redirects, which is not followed: name its final address";
/** Of an answer that a runtime does not show. */
const REDIRECT_STATUS = 302;

/**
 * An address was checked when it was named, and the key is for it: neither holds for where it redirects to. What it says
 * of that is not passed on.
 */
async function fetchThere(
  fetchWith: typeof fetch,
  ...[input, init]: Parameters<typeof fetch>
): Promise<Response> {
  const response = await fetchWith(input, { ...init, redirect: "manual" });
  const isRedirect = response.type === "opaqueredirect" || Math.floor(response.status / 100) === 3;
  if (!isRedirect) return response;
  void response.body?.cancel().catch(() => undefined);
  const status = response.status || REDIRECT_STATUS;
  // In the words of all of them: OpenAI and Anthropic go by the type, Google by the code.
  const error = { type: "invalid_request_error", code: status, message: REDIRECTED };
  return Response.json({ error }, { status });
}

/** The same fetch, with answers that are what they may be. Of an error's body only the beginning is read. */
export function guarded(fetchWith: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await fetchThere(fetchWith, input, init);
    const { body, status, statusText, headers } = response;
    if (body === null) return response;
    const answer = response.ok
      ? framesOnly(body, (text) => new NoStream(status, headers, text))
      : await beginningOf(body.getReader(), "");
    return new Response(answer, { status, statusText, headers });
  };
}

/** Of vectors as numbers: what an answer of ours may have at most, with room for its layout. */
const WHOLE_CHARS_MAX = 32 * 1024 * 1024;

/** As `guarded`, for answers that come whole. One that is longer is cut, and so no JSON any more. */
export function guardedWhole(
  fetchWith: typeof fetch,
  wholeCharsMax = WHOLE_CHARS_MAX,
): typeof fetch {
  return async (input, init) => {
    const response = await fetchThere(fetchWith, input, init);
    const { body, status, statusText, headers } = response;
    if (body === null) return response;
    const charsMax = response.ok ? wholeCharsMax : ANSWER_CHARS_MAX;
    const text = await beginningOf(body.getReader(), "", charsMax);
    return new Response(text, { status, statusText, headers });
  };
}

/** The bytes as they come, unless they are a page or JSON, or do not end. */
function framesOnly(
  body: ReadableStream<Uint8Array>,
  noStream: (text: string) => NoStream,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let beginning: string | null = ""; // null: it has begun as a stream does
  let lineBytes = 0;
  let streamBytes = 0;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (beginning !== null) {
        beginning += decoder.decode(value, { stream: true });
        const [first] = beginning.trimStart();
        if (first === "<") throw noStream(await beginningOf(reader, beginning));
        if (first === "{" || first === "[") {
          throw noStream(await beginningOf(reader, beginning, LINE_BYTES_MAX));
        }
        if (beginning.trim() !== "") beginning = null;
      }
      const lineEnd = value.lastIndexOf(NEWLINE);
      lineBytes = lineEnd === -1 ? lineBytes + value.length : value.length - lineEnd - 1;
      streamBytes += value.length;
      if (lineBytes > LINE_BYTES_MAX || streamBytes > STREAM_BYTES_MAX) {
        void reader.cancel().catch(() => undefined);
        throw new OversizedStream();
      }
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** The text from `text` on, as far as it is read; the rest is let go. */
async function beginningOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  text: string,
  charsMax = ANSWER_CHARS_MAX,
): Promise<string> {
  const decoder = new TextDecoder();
  let read = text;
  while (read.length < charsMax) {
    const { done, value } = await reader.read();
    if (done) return read;
    read += decoder.decode(value, { stream: true });
  }
  void reader.cancel().catch(() => undefined);
  return read.slice(0, charsMax);
}
