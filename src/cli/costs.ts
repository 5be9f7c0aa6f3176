/** The ledger into a file, as the deployment streams it. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { UsageError } from "../embedded/command/ending";

export type CostExport = {
  siteUrl: string;
  /** An API key, or a person's token. */
  credential: string | undefined;
  /** `period`, or `from` and `to`; `format`; `tenant`. */
  params: Readonly<Record<string, string>>;
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
  const url = `${siteUrl}/api/v1/costs/export?${String(new URLSearchParams(params))}`;
  const headers = { Authorization: `Bearer ${credential}` };
  const response = await fetch(url, { headers }).catch((error: unknown) => {
    throw new UsageError(`No answer from ${siteUrl}: ${textOf(error)}`, { cause: error });
  });
  if (!response.ok || response.body === null) {
    throw new UsageError(`The deployment refuses: ${await response.text()}`);
  }
  const part = `${path}.part`;
  const file = createWriteStream(part);
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), file);
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
