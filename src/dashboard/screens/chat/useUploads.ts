import { useCallback, useMemo, useState } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { messageOf } from "../../data/failures";
import { textsIn } from "../../data/json";
import { useTenantMutation } from "../../data/tenant";

export type Uploaded = { storageId: Id<"_storage">; name: string };
type Upload = { key: string; name: string; storageId: Id<"_storage"> | null };

/** Files on their way into a message. */
export function useUploads() {
  const createUploadUrl = useTenantMutation(api.mutations.files.createUploadUrl);
  const [uploads, setUploads] = useState<readonly Upload[]>([]);

  const remove = useCallback(
    (key: string) => setUploads((all) => all.filter((one) => one.key !== key)),
    [],
  );
  const upload = useCallback(
    async (file: File) => {
      const key = crypto.randomUUID();
      setUploads((all) => [...all, { key, name: file.name, storageId: null }]);
      try {
        const answer = await fetch(await createUploadUrl({}), {
          method: "POST",
          headers: { "Content-Type": file.type || "application/octet-stream" },
          body: file,
        });
        if (!answer.ok) throw new Error(`The upload answered ${answer.status}`);
        const storageId = textsIn(await answer.json(), ["storageId"]).storageId as Id<"_storage">;
        setUploads((all) => all.map((one) => (one.key === key ? { ...one, storageId } : one)));
      } catch (error) {
        remove(key);
        toast.error(`${file.name} was not uploaded. ${messageOf(error)}`);
      }
    },
    [createUploadUrl, remove],
  );
  return useMemo(
    () => ({
      all: uploads.map(({ key, name, storageId }) => ({ key, name, isDone: storageId !== null })),
      done: uploads.flatMap(({ name, storageId }): Uploaded[] =>
        storageId === null ? [] : [{ name, storageId }],
      ),
      isBusy: uploads.some(({ storageId }) => storageId === null),
      add: (files: Iterable<File>) => {
        for (const file of files) void upload(file);
      },
      remove,
      clear: () => setUploads([]),
    }),
    [uploads, upload, remove],
  );
}
