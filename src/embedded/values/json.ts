/**
 * Convex values in their encoded form: the JSON that the `convex` package sends through syscalls and
 * over the wire (`convexToJson`). The host works on this form throughout, so a value is parsed at
 * most once and a stored document can be handed to a function as the text it was stored as.
 *
 * An object with a key that starts with `$` is a value that JSON has no form for:
 * `{"$integer": base64 LE int64}`, `{"$float": base64 LE float64}` (only NaN, ±Infinity and -0),
 * `{"$bytes": base64}`, `{"$undefined": null}` (in filters and patches), `{"$commitTs": null}`
 * (a placeholder until the commit). Field names cannot start with `$`, so this is unambiguous.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** A document as stored: an object that has `_id` (string) and `_creationTime` (number of ms). */
export type JsonDocument = JsonObject & { _id: string; _creationTime: number };
