/** The bytes that `keys.ts` writes and `decodeKey.ts` reads: a tag before each value, and marks within. */
export const END = 0;
export const UNDEFINED = 1;
export const NULL = 3;
export const INT64_MIN_TAG = 4;
export const INT64_ZERO = 8;
export const INT64_MAX_TAG = 12;
export const FLOAT64 = 13;
export const FALSE = 14;
export const TRUE = 15;
export const STRING = 16;
export const BYTES = 17;
export const ARRAY = 18;
export const OBJECT = 21;

/** 0x00 ends a string, so within one it is escaped, and the escape byte too. Both stay lowest. */
export const ESCAPE = 1;
