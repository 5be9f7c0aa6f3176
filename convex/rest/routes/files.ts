import * as changeDoors from "../../mutations/files";
import * as lookDoors from "../../queries/files";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/files", lookDoors);
const change = doorsOf("mutations/files", changeDoors);
const read = { permission: "sessions:read" } as const;
const send = { permission: "messages:send" } as const;

export const FILE_ROUTES: readonly Route[] = [
  {
    at: "post /files/upload-url",
    door: change.createUploadUrl,
    ...send,
    summary: "Makes an address to POST a file to; it answers `storageId`",
    as: "url",
  },
  {
    at: "get /files/{fileId}/url",
    door: look.url,
    ...read,
    summary: "Tells where a file can be read",
    as: "url",
  },
];
