/** Reading index keys back, for people: which values a key was made of. The inverse of `keys.ts`. */
import type { Json } from "./json";
import {
  END,
  UNDEFINED,
  NULL,
  INT64_MIN_TAG,
  INT64_ZERO,
  INT64_MAX_TAG,
  FLOAT64,
  FALSE,
  TRUE,
  STRING,
  BYTES,
  ARRAY,
  OBJECT,
  ESCAPE,
} from "./keyTags";

export type DecodedKey = {
  /** As many values as could be read; `undefined` is a missing field. */
  values: (Json | undefined)[];
  /** Whether these values are all there was to read, up to the number asked for. */
  isWhole: boolean;
};

/** The first values of a key, at most `valuesMax`. */
export function decodeKey(key: Uint8Array, valuesMax: number): DecodedKey {
  const reader = new KeyReader(key);
  const values: (Json | undefined)[] = [];
  try {
    while (values.length < valuesMax && !reader.isAtEnd) values.push(reader.value());
    return { values, isWhole: true };
  } catch (error) {
    if (!(error instanceof MalformedKey)) throw error;
    return { values, isWhole: false };
  }
}

class MalformedKey extends Error {}

/** How many bytes an integer has whose tag is so far from zero's. */
const INTEGER_BYTES = [0, 1, 2, 4, 8];

class KeyReader {
  private readonly key: Uint8Array;
  private at = 0;

  constructor(key: Uint8Array) {
    this.key = key;
  }

  get isAtEnd(): boolean {
    return this.at >= this.key.length;
  }

  value(): Json | undefined {
    const tag = this.byte();
    if (tag >= INT64_MIN_TAG && tag <= INT64_MAX_TAG) return this.integer(tag);
    switch (tag) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case FLOAT64:
        return this.float();
      case FALSE:
        return false;
      case TRUE:
        return true;
      case STRING:
        return Buffer.from(this.content()).toString("utf8");
      case BYTES:
        return { $bytes: Buffer.from(this.content()).toString("base64") };
      case ARRAY:
        return this.untilEnd(() => this.value() ?? null);
      case OBJECT:
        return Object.fromEntries(
          this.untilEnd((): [string, Json] => [this.name(), this.value() ?? null]),
        );
      default:
        throw new MalformedKey();
    }
  }

  private name(): string {
    const name = this.value();
    if (typeof name !== "string") throw new MalformedKey();
    return name;
  }

  private byte(): number {
    const byte = this.key[this.at++];
    if (byte === undefined) throw new MalformedKey();
    return byte;
  }

  private untilEnd<T>(read: () => T): T[] {
    const items: T[] = [];
    while (this.key[this.at] !== END) items.push(read());
    this.at++;
    return items;
  }

  /** The bytes of a string or of bytes, without their escapes. */
  private content(): number[] {
    const content: number[] = [];
    for (let byte = this.byte(); byte !== END; byte = this.byte()) {
      content.push(byte === ESCAPE ? this.byte() - 1 : byte);
    }
    return content;
  }

  private integer(tag: number): Json {
    const isNegative = tag < INT64_ZERO;
    const length = INTEGER_BYTES[Math.abs(tag - INT64_ZERO)] ?? 0;
    let number = isNegative && length > 0 ? -1n : 0n;
    for (let i = 0; i < length; i++) number = (number << 8n) | BigInt(this.byte());
    const word = Buffer.alloc(8);
    word.writeBigInt64LE(BigInt.asIntN(64, number));
    return { $integer: word.toString("base64") };
  }

  private float(): Json {
    const word = Buffer.alloc(8);
    for (let i = 0; i < word.length; i++) word[i] = this.byte();
    // All bits are flipped in negative numbers, the sign alone in others.
    const isNegative = (word[0] ?? 0) < 0x80;
    for (let i = 0; i < word.length; i++) {
      word[i] = (word[i] ?? 0) ^ (isNegative ? 0xff : i === 0 ? 0x80 : 0);
    }
    const number = word.readDoubleBE();
    if (Number.isFinite(number) && !Object.is(number, -0)) return number;
    return { $float: Buffer.from(word).swap64().toString("base64") };
  }
}
