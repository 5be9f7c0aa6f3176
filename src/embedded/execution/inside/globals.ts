/** Globals that both kinds of realm have: those of the web that Convex has, and none of Node's. */

/**
 * The host's names for which realms get the host's own class or function. Their objects come from the
 * host's world; where that could be seen, `acceptHostInstances` or a file of this folder hides it.
 */
export const WEB_GLOBALS = [
  "AbortController",
  "AbortSignal",
  "AsyncLocalStorage",
  "AsyncResource",
  "Blob",
  "ByteLengthQueuingStrategy",
  "CompressionStream",
  "CountQueuingStrategy",
  "CustomEvent",
  "DOMException",
  "DecompressionStream",
  "Event",
  "EventTarget",
  "File",
  "FormData",
  "Headers",
  "ReadableByteStreamController",
  "ReadableStream",
  "ReadableStreamBYOBReader",
  "ReadableStreamBYOBRequest",
  "ReadableStreamDefaultController",
  "ReadableStreamDefaultReader",
  "Request",
  "Response",
  "TextDecoder",
  "TextDecoderStream",
  "TextEncoderStream",
  "TransformStream",
  "TransformStreamDefaultController",
  "URL",
  "URLSearchParams",
  "WritableStream",
  "WritableStreamDefaultController",
  "WritableStreamDefaultWriter",
  "atob",
  "btoa",
] as const;

/** Adds globals the way built-in ones are: writable, and not listed by `Object.keys`. */
export function defineGlobals(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
}

/**
 * Makes `x instanceof Error` true in here also for errors that the host's functions threw (a URL that
 * does not parse, an aborted fetch), and likewise for the other names.
 */
export function acceptHostInstances(names: readonly string[], host: Record<string, unknown>): void {
  const isInstance = Function.prototype[Symbol.hasInstance];
  for (const name of names) {
    const own = (globalThis as Record<string, unknown>)[name] as object;
    const foreign = host[name] as object;
    Object.defineProperty(own, Symbol.hasInstance, {
      configurable: true,
      writable: true,
      // Subclasses inherit this method, and nothing of the host's is an instance of those.
      value(this: unknown, value: unknown): boolean {
        return (
          isInstance.call(this as object, value) ||
          (this === own && isInstance.call(foreign, value))
        );
      },
    });
  }
}

export const ERROR_NAMES = ["Error", "TypeError", "RangeError", "SyntaxError", "URIError"];

export class TextEncoder {
  readonly encoding = "utf-8";
  static #encode: (text: string) => Uint8Array;

  static use(encode: (text: string) => Uint8Array): typeof TextEncoder {
    TextEncoder.#encode = encode;
    return TextEncoder;
  }

  encode(text = ""): Uint8Array {
    return new Uint8Array(TextEncoder.#encode(String(text)));
  }

  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const bytes = TextEncoder.#encode(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

/** References that never let go: when garbage is collected must not change what a function does. */
export class StrongRef<T extends object> {
  readonly #target: T;
  readonly [Symbol.toStringTag] = "WeakRef";
  constructor(target: T) {
    this.#target = target;
  }
  deref(): T {
    return this.#target;
  }
}

export class SilentFinalizationRegistry {
  readonly [Symbol.toStringTag] = "FinalizationRegistry";
  register(): void {}
  unregister(): boolean {
    return false;
  }
}
