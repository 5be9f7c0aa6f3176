import type { JsonObject } from "../../values/json";

/** An int64 as it stands in encoded values. */
export function encodeInt64(value: bigint): JsonObject {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return { $integer: bytes.toString("base64") };
}
