/** `structuredClone` whose results belong to this realm (the host's would belong to the host). */
export function makeStructuredClone(DOMException: new (message: string, name: string) => Error) {
  return function structuredClone(value: unknown): unknown {
    return clone(value, new Map());
  };

  function clone(value: unknown, seen: Map<object, unknown>): unknown {
    if (typeof value === "function" || typeof value === "symbol") {
      throw new DOMException(`${String(value)} could not be cloned.`, "DataCloneError");
    }
    if (typeof value !== "object" || value === null) return value;
    const known = seen.get(value);
    if (known !== undefined) return known;

    const copy = emptyCopy(value);
    seen.set(value, copy);
    if (value instanceof Map) {
      for (const [key, item] of value)
        (copy as Map<unknown, unknown>).set(clone(key, seen), clone(item, seen));
    } else if (value instanceof Set) {
      for (const item of value) (copy as Set<unknown>).add(clone(item, seen));
    } else if (value instanceof Error) {
      if ("cause" in value) (copy as Error).cause = clone(value.cause, seen);
    } else if (Array.isArray(value) || copyIsPlain(value)) {
      for (const key of Object.keys(value)) {
        (copy as Record<string, unknown>)[key] = clone(
          (value as Record<string, unknown>)[key],
          seen,
        );
      }
    }
    return copy;
  }

  function emptyCopy(value: object): object {
    if (Array.isArray(value)) return Array.from({ length: value.length });
    if (value instanceof Date) return new Date(value.getTime());
    if (value instanceof RegExp) return new RegExp(value.source, value.flags);
    if (value instanceof Map) return new Map();
    if (value instanceof Set) return new Set();
    if (value instanceof ArrayBuffer) return value.slice(0);
    if (ArrayBuffer.isView(value)) {
      const buffer = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
      const View = value.constructor as new (buffer: ArrayBufferLike) => object;
      return new View(buffer);
    }
    if (value instanceof Error) {
      const copy = new Error(value.message);
      copy.name = value.name;
      if (value.stack !== undefined) copy.stack = value.stack;
      return copy;
    }
    if (BOXES.some((Box) => value instanceof Box))
      return Object((value as { valueOf(): unknown }).valueOf()) as object;
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
      const name = Object.prototype.toString.call(value);
      throw new DOMException(`${name} could not be cloned.`, "DataCloneError");
    }
    return {};
  }
}

const BOXES = [Boolean, Number, String, BigInt];

function copyIsPlain(value: object): boolean {
  return !(
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value) ||
    BOXES.some((Box) => value instanceof Box)
  );
}
