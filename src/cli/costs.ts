/** The ledger into a file, as the deployment streams it. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { createClient } from "../client/rest";
import { UsageError } from "../embedded/command/ending";

export type CostExport = {
  siteUrl: string;
  /** An API key, or a person's token. */
  credential: string | undefined;
  /** `period`, or `from` and `to`; `format`; `tenant`. */
  params: Readonly<{
    period?: string;
    from?: string;
    to?: string;
    format?: string;
    tenant?: string;
  }>;
};

/**
 * Writes the export to the file, which is there once it is complete, and not before.
 *
 * @returns Its size.
 * @throws UsageError - There is no credential, the deployment refuses or is not to be reached, or the stream broke off.
 */
export async function exportCosts(path: string, source: CostExport): Promise<number> {
  const { siteUrl, credential, params } = source;
  if (!credential) {
    throw new UsageError(
      "Set AGENTIK_API_KEY to an API key, or AGENTIK_TOKEN to a person's token.",
    );
  }
  const { format, ...rest } = params;
  // What it is none of is told by the deployment.
  const query = { ...rest, ...(format !== undefined && { format: format as "csv" | "ndjson" }) };
  const { GET } = createClient({ url: siteUrl, apiKey: credential });
  const asked = GET("/costs/export", { params: { query }, parseAs: "stream" });
  const { data, error } = await asked.catch((failure: unknown) => {
    throw new UsageError(`No answer from ${siteUrl}: ${textOf(failure)}`, { cause: failure });
  });
  if (data === undefined || data === null) {
    throw new UsageError(`The deployment refuses: ${error?.detail ?? "it says nothing"}`);
  }
  const part = `${path}.part`;
  const file = createWriteStream(part);
  try {
    await pipeline(Readable.fromWeb(data as ReadableStream), file);
  } catch (error) {
    await rm(part, { force: true });
    throw new UsageError(`The export broke off (${textOf(error)}). Try again.`, { cause: error });
  }
  await rename(part, path);
  return file.bytesWritten;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
