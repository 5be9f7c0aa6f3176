/** The commit's own timestamp in what a mutation returns: a placeholder until the commit is decided. */

const PLACEHOLDER = '{"$commitTs":null}';

/** The JSON text with the timestamp (ns, as Convex's bigint) in place of each placeholder. */
export function withCommitTs(text: string, tsMicros: number): string {
  // Inside a JSON string the quotes would be escaped, so this text can only be a placeholder.
  if (!text.includes(PLACEHOLDER)) return text;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(tsMicros) * 1000n);
  return text.replaceAll(PLACEHOLDER, `{"$integer":"${bytes.toString("base64")}"}`);
}
