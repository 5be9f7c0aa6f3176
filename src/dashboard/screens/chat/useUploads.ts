import { useCallback } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { messageOf } from "../../data/failures";
import { textsIn } from "../../data/json";
import { useTenantMutation } from "../../data/tenant";
import { tell } from "../../ui/tell";
import { changeDraft } from "./drafts";

/** Ways of files into a draft and out of it. */
export function useUploads(place: string) {
  const createUploadUrl = useTenantMutation(api.mutations.files.createUploadUrl);
  const remove = useCallback(
    (key: string) =>
      changeDraft(place, ({ uploads }) => ({ uploads: uploads.filter((one) => one.key !== key) })),
    [place],
  );
  const upload = useCallback(
    async (file: File) => {
      const key = crypto.randomUUID();
      const added = { key, name: file.name, storageId: null };
      changeDraft(place, ({ uploads }) => ({ uploads: [...uploads, added] }));
      try {
        const answer = await fetch(await createUploadUrl({}), {
          method: "POST",
          headers: { "Content-Type": file.type || "application/octet-stream" },
          body: file,
        });
        if (!answer.ok) throw new Error(`The upload answered ${answer.status}`);
        const storageId = textsIn(await answer.json(), ["storageId"]).storageId as Id<"_storage">;
        changeDraft(place, ({ uploads }) => ({
          uploads: uploads.map((one) => (one.key === key ? { ...one, storageId } : one)),
        }));
      } catch (error) {
        remove(key);
        tell(`${file.name} was not uploaded. ${messageOf(error)}`);
      }
    },
    [place, createUploadUrl, remove],
  );
  const add = (files: Iterable<File>) => {
    for (const file of files) void upload(file);
  };
  return { add, remove };
}
