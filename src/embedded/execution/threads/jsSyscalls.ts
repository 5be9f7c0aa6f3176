/** Syscalls that carry objects. Blobs travel to the host's storage as base64, as mutations send them. */
import { UnsupportedError } from "../types";
import type { Syscall } from "./worlds";

type Args = Record<string, unknown>;

export async function answerJsSyscall(syscall: Syscall, op: string, args: Args): Promise<unknown> {
  const ask = async (name: string, body: Args): Promise<unknown> => {
    const result = await syscall(name, JSON.stringify(body));
    if (typeof result === "string") return JSON.parse(result) as unknown;
    throw new Error(result.message);
  };
  if (op === "storage/storeBlob") {
    const blob = args["blob"] as Blob;
    const { sha256 } = (args["options"] ?? {}) as { sha256?: string };
    const body = Buffer.from(await blob.arrayBuffer()).toString("base64");
    return await ask("1.0/storageStore", { blob: body, contentType: blob.type, sha256 });
  }
  if (op === "storage/getBlob") {
    const found = (await ask("1.0/storageGet", { storageId: args["storageId"] })) as {
      blob: string;
      contentType: string | null;
    } | null;
    if (found === null) return null;
    return new Blob([Buffer.from(found.blob, "base64")], { type: found.contentType ?? "" });
  }
  throw new UnsupportedError(op);
}
