/** Files that come with messages, and what becomes of them: one mistake each. */
import type { Mutant } from "./mutants";

const ATTACHMENT_TESTS = ["tests/convex/attachments.test.ts"];

export const ATTACHMENTS: readonly Mutant[] = [
  {
    name: "files: bytes are claimed twice",
    file: "convex/model/storage.ts",
    find: "if (stored === null || (await isClaimed(ctx, file.storageId))) {",
    replace: "if (stored === null) {",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: the plan's storage is without end",
    file: "convex/model/storage.ts",
    find: "  await requireRoom(ctx, scope, sizeBytes);\n",
    replace: "",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: those of deleted sessions count on",
    file: "convex/model/storage.ts",
    find: "  await add(ctx, file.tenantId, { sizeBytes: -file.sizeBytes, fileCount: -1 });\n",
    replace: "",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: those of deleted sessions stay",
    file: "convex/model/sessionRemoval.ts",
    find: "return rows > 0 ? rows : await removeSomeFiles(ctx, gone);",
    replace: "void removeSomeFiles;\n  return rows;",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: every file is an attachment",
    file: "convex/model/attachments.ts",
    find: 'file?.purpose === "attachment" ? file : null',
    replace: "file",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: an attachment may be of any size",
    file: "convex/model/attachments.ts",
    find: "if (sizeBytes > ATTACHMENT_BYTES_MAX) {",
    replace: "if (sizeBytes < 0) {",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: another file under the same key is the same message",
    file: "convex/model/runs/send.ts",
    find: "said?.content === message.content && sameFiles;",
    replace: "said?.content === message.content;\n  void sameFiles;",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: the sweeper takes what is claimed",
    file: "convex/model/uploads.ts",
    find: "if (!(await Storage.isClaimed(ctx, storageId))) ",
    replace: "",
    tests: ATTACHMENT_TESTS,
  },
  {
    name: "files: the sweeper stays where it was",
    file: "convex/model/uploads.ts",
    find: "if (value > sweptUntilMs) await",
    replace: "if (value < sweptUntilMs) await",
    tests: ATTACHMENT_TESTS,
  },
];
