/** Secrets, the log, files, skills and channels. */
import { v, type Infer } from "convex/values";
import { CHANNEL_TYPES } from "../../src/core/channels";
import { HTTP_METHODS } from "../../src/core/httpSkill";

/** JSON that a tenant keeps and the product does not look into; its size is checked where it is written. */
export const vOpenRecord = v.record(v.string(), v.any());
export type OpenRecord = Infer<typeof vOpenRecord>;

/** A secret under the deployment's sealing key: AES-256-GCM, bound to its row by `model/secrets.ts`. */
export const vSealed = v.object({
  keyId: v.string(), // which sealing key
  iv: v.string(), // base64
  ciphertext: v.string(), // base64, with the tag
});
export type Sealed = Infer<typeof vSealed>;

export const vProviderStatus = v.union(v.literal("enabled"), v.literal("disabled"));

/** Who did it: a person, a key of the tenant's, or the deployment itself. */
export const vActor = v.object({
  kind: v.union(v.literal("user"), v.literal("key"), v.literal("system")),
  id: v.string(), // of the user or key; what of the system it was
  userId: v.optional(v.id("users")), // the person, or who answers for the key
});

/** What a field was and is, as JSON; absent when there was or is none. */
export const vChange = v.object({
  field: v.string(),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
});
export type Change = Infer<typeof vChange>;

export const vErasureStatus = v.union(v.literal("running"), v.literal("completed"));

export const vFilePurpose = v.union(
  v.literal("attachment"),
  v.literal("skill_binary"),
  v.literal("export"),
  v.literal("tool_result"),
  v.literal("request"), // what a caller gave a run, until it ends
);

/**
 * `in_flight`: somebody is at it, and after `leaseExpiresAt` is taken to be gone. `done`: it was one transaction, which
 * returned `value`. `answered`: the answer is kept as it was sent, its text in `idempotency_pieces`, or `sealed` where
 * it is a secret.
 */
export const vIdempotencyState = v.union(
  v.object({
    kind: v.literal("in_flight"),
    leaseExpiresAt: v.number(),
    runId: v.optional(v.id("runs")), // whose answer it is: once it has ended, so has the lease, soon
  }),
  v.object({ kind: v.literal("done"), value: v.any() }),
  v.object({
    kind: v.literal("answered"),
    status: v.number(),
    headers: v.array(v.object({ name: v.string(), value: v.string() })),
    pieceCount: v.number(),
    sealed: v.optional(vSealed),
  }),
  // Of a call that nobody waits for: its answer is the run's, from its first moment on.
  v.object({ kind: v.literal("run"), runId: v.id("runs") }),
);
export type IdempotencyState = Infer<typeof vIdempotencyState>;

/** `draft`: for the eyes of its own tenant. `withdrawn`: for those who have it installed, and no new ones. */
export const vSkillStatus = v.union(
  v.literal("draft"),
  v.literal("published"),
  v.literal("withdrawn"),
);

/** `error`: its last use failed, with why in `lastError`; the next one that succeeds puts it right. */
export const vInstalledSkillStatus = v.union(
  v.literal("installed"),
  v.literal("disabled"),
  v.literal("error"),
);

/** A WebAssembly module in file storage, pinned by its hash. */
export const vWasm = v.object({
  fileId: v.id("files"),
  sha256: v.string(), // lower-case hexadecimal
  sizeBytes: v.number(),
});

/** A SKILL.md, read: `src/skills/skillMd.ts`. */
export const vPromptSkill = v.object({
  name: v.string(), // "pdf-forms"
  description: v.string(), // what models know of it before they ask for more
  instructions: v.string(),
  license: v.optional(v.string()),
  compatibility: v.optional(v.string()),
  allowedTools: v.optional(v.array(v.string())), // in its author's words; nothing is allowed by it
  metadata: v.optional(v.record(v.string(), v.string())),
});

/** A skill that is a request: `src/skills/httpTool.ts` makes it. */
export const vHttpSkill = v.object({
  description: v.string(), // for the model: what it does, and when to call it
  method: v.union(...HTTP_METHODS.map((method) => v.literal(method))),
  url: v.string(), // "https://api.example.com/v1/users/{userId}": always that host
  headers: v.optional(v.record(v.string(), v.string())), // "Bearer {credential}"
  inputSchema: vOpenRecord, // JSON Schema of the parameters
});

/** What a skill is at a version: one of `prompt`, `http` and `wasm`; without any, there is nothing to run. */
export const vSkillContent = v.object({
  version: v.string(), // semantic, "1.2.0"
  permissions: v.array(v.string()), // that it asks for: "network.http.get"
  configSchema: v.optional(vOpenRecord), // JSON Schema of an installation's `config`; absent: it takes none
  prompt: v.optional(vPromptSkill),
  http: v.optional(vHttpSkill),
  wasm: v.optional(vWasm),
});
export type SkillContent = Infer<typeof vSkillContent>;

/** What each type is configured with: `src/core/channels.ts`. */
export const vChannelType = v.union(...CHANNEL_TYPES.map((type) => v.literal(type)));

export const vChannelStatus = v.union(v.literal("active"), v.literal("paused"), v.literal("error"));
export type ChannelStatus = Infer<typeof vChannelStatus>;
