/** The clock and the dice of queries and mutations: both stand still or repeat within an execution. */

/** A `Date` that reads the time from `now`. */
export function makeDate(now: () => number): DateConstructor {
  const Original = Date;
  function FrozenDate(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new Original(now()).toString();
    const actual = args.length === 0 ? [now()] : args;
    const target =
      new.target === (FrozenDate as unknown) ? Original : (new.target as typeof Original);
    return Reflect.construct(Original, actual, target);
  }
  Object.defineProperties(FrozenDate, {
    name: { value: "Date" },
    length: { value: 7 },
    prototype: { value: Original.prototype, writable: false },
    now: { value: () => now(), writable: true, configurable: true },
    parse: { value: Original.parse, writable: true, configurable: true },
    UTC: { value: Original.UTC, writable: true, configurable: true },
  });
  Object.defineProperty(Original.prototype, "constructor", {
    value: FrozenDate,
    writable: true,
    configurable: true,
  });
  return FrozenDate as unknown as DateConstructor;
}

/** Lets `Intl.DateTimeFormat` read the time from `now` where it is given none. */
export function freezeDateFormats(now: () => number): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(prototype, "format");
  type Formatter = (date?: Date | number) => string;
  const bound = new WeakMap<object, Formatter>();
  Object.defineProperty(prototype, "format", {
    ...format,
    get(this: Intl.DateTimeFormat): Formatter {
      let formatter = bound.get(this);
      if (formatter === undefined) {
        const original = format?.get?.call(this) as Formatter;
        formatter = (date) => original(date === undefined ? now() : date);
        bound.set(this, formatter);
      }
      return formatter;
    },
  });
  const parts = Object.getOwnPropertyDescriptor(prototype, "formatToParts");
  Object.defineProperty(prototype, "formatToParts", {
    ...parts,
    value(this: Intl.DateTimeFormat, date?: Date | number): unknown {
      return Reflect.apply(parts?.value as Formatter, this, [date === undefined ? now() : date]);
    },
  });
}

/** `random` gives the next bytes of the execution's own sequence. `restart` begins with the next one's. */
export function makeDice(random: (length: number) => Uint8Array) {
  let state: Uint32Array | null = null;

  /** sfc32, seeded from the sequence when it is first needed: most functions never roll. */
  function mathRandom(): number {
    state ??= new Uint32Array(new Uint8Array(random(16)).buffer);
    const [a, b, c, counter] = state as unknown as [number, number, number, number];
    const result = (((a + b) | 0) + counter) | 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = ((c << 21) | (c >>> 11)) + result;
    return (result >>> 0) / 2 ** 32;
  }

  function getRandomValues<T extends ArrayBufferView>(view: T): T {
    if (view.byteLength > 65_536)
      throw new RangeError("At most 65536 bytes can be requested at once");
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(random(view.byteLength));
    return view;
  }

  function randomUUID(): string {
    const bytes = random(16);
    const hex = Array.from(bytes, (byte, index) => {
      // RFC 9562: the version in byte 6, the variant in byte 8.
      const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
      return marked.toString(16).padStart(2, "0");
    }).join("");
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([start, end]) => hex.slice(start, end))
      .join("-");
  }

  return {
    mathRandom,
    getRandomValues,
    randomUUID,
    restart() {
      state = null;
    },
  };
}
