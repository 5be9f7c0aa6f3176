/** Files that come with messages, and sessions that branch off at one: one mistake each. */
import type { Mutant } from "./mutants";

const ATTACHMENT_TESTS = ["tests/convex/attachments.test.ts"];
const BRANCH_TESTS = ["tests/convex/branches.test.ts"];

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
    find: "isOfSession ? file : null",
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
    find: "(await Attachments.areOf(ctx, uploads, said.attachments))",
    replace: "true",
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
  {
    name: "branches: copies are billed again",
    file: "convex/model/branches.ts",
    find: "    costPico: _costPico,\n",
    replace: "",
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: the question that is edited is taken over",
    file: "convex/model/runs/edit.ts",
    find: "turn: original.turn - 1,",
    replace: "turn: original.turn,",
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: one begins with a reply that is still to come",
    file: "convex/model/branches.ts",
    find: "  await requireAnswered(ctx, source, turn);\n",
    replace: "  void requireAnswered;\n",
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: as much is taken over as there is",
    file: "convex/model/branches.ts",
    find: "if (rows > TAKEN_ROWS_MAX) {",
    replace: "if (rows < 0) {",
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: copies are listed beside their originals",
    file: "convex/model/messages.ts",
    find: 'q.eq("tenantId", tenantId).eq("copiedFrom", undefined))',
    replace: 'q.eq("tenantId", tenantId))',
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: files go with the first session that has them",
    file: "convex/model/storage.ts",
    find: "  if (await isClaimed(ctx, file.storageId)) return;\n",
    replace: "",
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: files stay the first session's",
    file: "convex/model/attachments.ts",
    find: "fileId: await Storage.share(ctx, file, { sessionId })",
    replace: "fileId: sessionId === undefined ? attachment.fileId : file._id",
    tests: BRANCH_TESTS,
  },
  {
    name: "branches: sending under an edit's key gives the edit's answer",
    file: "convex/model/runs/send.ts",
    find: "      said.editedFrom === undefined &&\n",
    replace: "",
    tests: BRANCH_TESTS,
  },
];
