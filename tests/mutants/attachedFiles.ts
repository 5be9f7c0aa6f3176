/** What models are given of files that came with messages: one mistake each. */
import type { Mutant } from "./mutants";

const TURNS = ["tests/convex/attachedFiles.test.ts"];
const RULES = ["tests/src/context/files.test.ts"];
const PROMPTS = ["tests/src/context/prompt.test.ts"];
const GATE = ["tests/convex/gate.test.ts"];

export const ATTACHED_FILES: readonly Mutant[] = [
  {
    name: "shown files: a file of any session is shown",
    file: "convex/model/attachments.ts",
    find: "const isOwn = file?.tenantId === tenantId && file.sessionId === sessionId;",
    replace: "const isOwn = tenantId !== undefined && sessionId !== undefined;",
    tests: TURNS,
  },
  {
    name: "shown files: bytes are believed to be what is said of them",
    file: "src/context/fileParts.ts",
    find: "const contentType = typeOfBytes(bytes);",
    replace: "const contentType: string | null = file.contentType;",
    tests: TURNS,
  },
  {
    name: "shown files: a PDF that is called an image is shown as one",
    file: "src/context/fileParts.ts",
    find: "contentType === null || kindOf(contentType) !== as",
    replace: "contentType === null",
    tests: RULES,
  },
  {
    name: "shown files: a character is two bytes to a model where the file has two",
    file: "src/context/files.ts",
    find: "const SENT_BYTES_PER_BYTE = 1.5;",
    replace: "const SENT_BYTES_PER_BYTE = 1;",
    tests: RULES,
  },
  {
    name: "shown files: a file's name is held at nothing",
    file: "src/context/files.ts",
    find: "utf8Bytes(JSON.stringify(name)) * 2 +",
    replace: "",
    tests: RULES,
  },
  {
    name: "shown files: what is shown to a voter is held as for the first model",
    file: "convex/model/budgets/worstCase.ts",
    find: "shownTokensMax(shown, call)",
    replace: 'shownTokensMax(shown, { ...call, model: "gpt-5" })',
    tests: TURNS,
  },
  {
    name: "shown files: base64 is put together from pieces that do not fit",
    file: "src/context/fileParts.ts",
    find: "const CHUNK_BYTES = 3 * 8_192;",
    replace: "const CHUNK_BYTES = 8_192;",
    tests: RULES,
  },
  {
    name: "shown files: text has no end",
    file: "src/context/fileParts.ts",
    find: "bytes.subarray(0, TEXT_BYTES_MAX)",
    replace: "bytes",
    tests: RULES,
  },
  {
    name: "shown files: what is text by its name only is sent as it is",
    file: "src/context/fileParts.ts",
    find: "{ fatal: true }",
    replace: "{ fatal: false }",
    tests: RULES,
  },
  {
    name: "shown files: every model that votes is shown images",
    file: "convex/jobs/callFiles.ts",
    find: 'if (part.kind === "text" || acceptsMedia({ ...model, contentType: part.contentType })) {',
    replace: "if (acceptsMedia({ ...model, contentType: file.contentType }) || true) {",
    tests: TURNS,
  },
  {
    name: "shown files: a file that was refused is shown again",
    file: "convex/model/context.ts",
    find: "said.files === undefined || answered.has(said.turn)",
    replace: "said.files === undefined || answered.size >= 0",
    tests: TURNS,
  },
  {
    name: "shown files: a reply that was stopped is none",
    file: "convex/model/context.ts",
    find: '(status === "complete" || content !== "")',
    replace: '(status === "complete" || content === "?")',
    tests: TURNS,
  },
  {
    name: "shown files: a call carries as many bytes as there are",
    file: "src/context/files.ts",
    find: "bytes: bytes - file.sizeBytes,",
    replace: "bytes,",
    tests: RULES,
  },
  {
    name: "shown files: earlier ones take all of the history's room",
    file: "src/context/prompt.ts",
    find: "showNewest(material.earlier, { ...now.left, tokens })",
    replace: "showNewest(material.earlier, { ...now.left, tokens: 2 * tokens })",
    tests: PROMPTS,
  },
  {
    name: "shown files: nobody is told what the model could not see",
    file: "convex/jobs/driveRun.ts",
    find: "if (files !== null) report.warnings.push(...unseenIn(context, files));",
    replace: "void unseenIn;",
    tests: TURNS,
  },
  {
    name: "shown files: a worker's memory is without end",
    file: "convex/lib/gate.ts",
    find: "if (this.#taken > 0 && this.#taken + next.size > this.#room) return;",
    replace: "",
    tests: GATE,
  },
  {
    name: "shown files: room is given back twice",
    file: "convex/lib/gate.ts",
    find: "if (isOut) return;",
    replace: "",
    tests: GATE,
  },
];
