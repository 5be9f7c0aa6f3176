import { X } from "lucide-react";
import type { Upload } from "./drafts";

type UploadListProps = { uploads: readonly Upload[]; remove: (key: string) => void };

/** The files that go along with what is being typed. */
export function UploadList({ uploads, remove }: UploadListProps) {
  if (uploads.length === 0) return null;
  return (
    <ul className="mb-2 flex flex-wrap gap-2">
      {uploads.map(({ key, name, storageId }) => (
        <li
          key={key}
          className="bg-sunken flex items-center gap-1 rounded-md py-1 pr-1 pl-2 text-xs"
        >
          {name} {storageId === null && "(uploading)"}
          <button
            type="button"
            aria-label={`Remove ${name}`}
            className="hover:bg-line flex size-6 items-center justify-center rounded"
            onClick={() => remove(key)}
          >
            <X className="size-3.5" aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}
