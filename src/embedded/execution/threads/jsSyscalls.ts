/** Syscalls that carry objects: blobs, whose bytes move to the main thread and back beside the JSON. */
import type { Bytes, SyscallAnswer } from "../actionMessages";
import { UnsupportedError } from "../types";

type Args = Record<string, unknown>;

/** Asks the main thread. The bytes given are gone from here afterwards. */
export type Ask = (
  op: string,
  args: string,
  bytes?: Bytes,
) => Promise<{ answer: SyscallAnswer; bytes?: Bytes }>;

export async function answerJsSyscall(ask: Ask, op: string, args: Args): Promise<unknown> {
  switch (op) {
    case "storage/storeBlob":
      return await storeBlob(ask, op, args);
    case "storage/getBlob":
      return await getBlob(ask, op, args);
    default:
      throw new UnsupportedError(op);
  }
}

async function storeBlob(ask: Ask, op: string, args: Args): Promise<unknown> {
  const { blob } = args;
  if (!(blob instanceof Blob)) {
    throw new Error(
      "store() expects a Blob. If you are trying to store a Request, `await request.blob()` will give you the correct input.",
    );
  }
  const { sha256 } = (args["options"] ?? {}) as { sha256?: string };
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const { answer } = await ask(op, JSON.stringify({ contentType: blob.type, sha256 }), bytes);
  return toResult(answer);
}

async function getBlob(ask: Ask, op: string, { storageId }: Args): Promise<Blob | null> {
  if (typeof storageId !== "string") {
    throw new Error(`storage.get requires a string storageId but received ${String(storageId)}`);
  }
  const { answer, bytes = new Uint8Array() } = await ask(op, JSON.stringify({ storageId }));
  const found = toResult(answer) as { contentType: string | null } | null;
  return found && new Blob([bytes], { type: found.contentType ?? "" });
}

function toResult(answer: SyscallAnswer): unknown {
  if (typeof answer === "string") return JSON.parse(answer) as unknown;
  throw new Error(answer.message);
}
