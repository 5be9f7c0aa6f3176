import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeId,
  encodeId,
  INTERNAL_ID_BYTES,
  newInternalId,
} from "../../../src/embedded/values/ids";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const MS_PER_DAY = 86_400_000;

const internalId = fc.uint8Array({ minLength: INTERNAL_ID_BYTES, maxLength: INTERNAL_ID_BYTES });
const tableNumber = fc.oneof(
  fc.constantFrom(1, 127, 128, 10_001, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1),
  fc.integer({ min: 1, max: 2 ** 32 - 1 }),
);

/** The id of these bytes, with a checksum that fits. */
function idOf(bytes: number[]): string {
  return toBase32([...bytes, ...checksumOf(bytes)]);
}

function checksumOf(bytes: number[]): [number, number] {
  let [sum, sumOfSums] = [0, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 256;
    sumOfSums = (sumOfSums + sum) % 256;
  }
  return [sum, sumOfSums];
}

function toBase32(bytes: number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET[parseInt(group.padEnd(5, "0"), 2)]).join("");
}

describe("ids", () => {
  test("say the table number and the internal id they were made of", () => {
    fc.assert(
      fc.property(tableNumber, internalId, (number, internal) => {
        const id = encodeId(number, internal);
        expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{31,37}$/);
        expect(decodeId(id)).toEqual({ tableNumber: number, internalId: internal });
      }),
      { numRuns: 2_000 },
    );
  });

  test("are Convex's: one of a cloud deployment decodes, and to the day it was made", () => {
    // From https://github.com/get-convex/convex-backend/issues/256, opened 2025-11-18.
    const id = "j57cbywe1te7fvzf26g0x3ftsd7vagd2";
    const decoded = decodeId(id);
    expect(decoded?.tableNumber).toBe(10_001);
    const day = Buffer.from(decoded?.internalId ?? []).readUInt16BE(14);
    expect(new Date(day * MS_PER_DAY).toISOString()).toBe("2025-11-13T00:00:00.000Z");
    expect(encodeId(10_001, decoded!.internalId)).toBe(id);
  });

  test("of the first user tables have 32 characters and start with j5", () => {
    expect(encodeId(10_001, newInternalId(Date.now()))).toMatch(/^j5.{30}$/);
  });

  test("with any one character changed are no ids", () => {
    fc.assert(
      fc.property(tableNumber, internalId, (number, internal) => {
        const id = encodeId(number, internal);
        for (let i = 0; i < id.length; i++) {
          for (const digit of ALPHABET) {
            if (digit === id[i]) continue;
            expect(decodeId(id.slice(0, i) + digit + id.slice(i + 1))).toBeNull();
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("with two neighbours exchanged are no ids, except where the checksum cannot tell", () => {
    let exchanged = 0;
    let accepted = 0;
    for (let n = 0; n < 200; n++) {
      const id = encodeId(10_001, newInternalId(Date.now()));
      for (let i = 0; i + 1 < id.length; i++) {
        if (id[i] === id[i + 1]) continue;
        exchanged++;
        if (decodeId(id.slice(0, i) + id[i + 1] + id[i] + id.slice(i + 2)) !== null) accepted++;
      }
    }
    expect(accepted / exchanged).toBeLessThan(0.01);
  });

  test.each([
    ["nothing", ""],
    ["a word", "hello"],
    ["upper case", "J57CBYWE1TE7FVZF26G0X3FTSD7VAGD2"],
    ["letters outside the alphabet", "j57cbywe1te7fvzf26g0x3ftsd7vagdu"],
    ["characters beyond ASCII", "j57cbywe1te7fvzf26g0x3ftsd7vagdé"],
    ["one character too few", "j57cbywe1te7fvzf26g0x3ftsd7vagd"],
    ["one character too many", "j57cbywe1te7fvzf26g0x3ftsd7vagd20"],
    ["spaces around", " j57cbywe1te7fvzf26g0x3ftsd7vagd2 "],
    ["a convex-test id", "10000;messages"],
    ["a UUID", "3b8e7f6a-0c1d-4e2f-9a3b-5c6d7e8f9a0b"],
    ["far too much", "0".repeat(10_000)],
  ])("are not: %s", (_name, text) => {
    expect(decodeId(text)).toBeNull();
  });

  test("have one form only: 17 bytes at least, no padding, a table number of 32 bits", () => {
    const internal = Array<number>(16).fill(7);
    expect(decodeId(idOf([0x81, 0x01, ...internal]))?.tableNumber).toBe(129);
    expect(decodeId(idOf([0xff, 0xff, 0xff, 0xff, 0x0f, ...internal]))?.tableNumber).toBe(
      2 ** 32 - 1,
    );
    const malformed = [
      [0x81, 0x00, ...internal],
      [0x00, ...internal],
      [0xff, 0xff, 0xff, 0xff, 0x1f, ...internal],
      [0xff, 0xff, 0xff, 0xff, 0x8f, ...internal],
      [0x01, 0x01, ...internal],
      [0x81, 0x01, ...internal.slice(1)],
    ];
    for (const bytes of malformed) expect(decodeId(idOf(bytes))).toBeNull();
    // Bytes after the checksum.
    const whole = [0x01, ...internal];
    expect(decodeId(toBase32([...whole, ...checksumOf(whole), 0]))).toBeNull();
  });

  test("need 16 internal bytes", () => {
    expect(() => encodeId(1, new Uint8Array(15))).toThrow("16 bytes");
  });
});

describe("new internal ids", () => {
  test("are distinct and end with the day", () => {
    const nowMs = Date.UTC(2026, 10, 21, 23, 59);
    const ids = Array.from({ length: 2_000 }, () => Buffer.from(newInternalId(nowMs)));
    expect(new Set(ids.map((id) => id.toString("hex"))).size).toBe(2_000);
    for (const id of ids) {
      expect(id).toHaveLength(INTERNAL_ID_BYTES);
      expect(id.readUInt16BE(14)).toBe(Date.UTC(2026, 10, 21) / MS_PER_DAY);
    }
  });
});
