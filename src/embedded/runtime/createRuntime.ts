/** The runtime with its real parts: what servers and embedders start. */
import { fromText, toText } from "../deploy/analysisText";
import { analyze } from "../deploy/analyze";
import { evaluateAuthConfig } from "../deploy/authConfig";
import { createExecutor } from "../execution/executor";
import { openStore } from "../store/sqlite";
import { assembleRuntime, type Assembly, type RuntimeOptions, type RuntimeParts } from "./runtime";
import { createTokenSigner } from "./tokenSigner";
import type { Runtime } from "./types";

export type CreateRuntimeOptions = Omit<RuntimeOptions, "store"> & {
  /** Where the data is kept; made if it is missing, and owned until `close`. */
  folder: string;
};

const PARTS: RuntimeParts = {
  createExecutor,
  analyze: (push, environment, served) => analyze(push, { environment, served }),
  analysisText: { fromText, toText },
  // Reading and compiling a deployment takes longer than all else that opening a data folder does.
  lastServed: new Map(),
  evaluateAuthConfig: async ({ definitions: [app] }, environment) =>
    evaluateAuthConfig(app?.authConfig ?? null, environment),
};

/** @throws StoreError - The folder cannot be opened. */
export async function createRuntime(options: CreateRuntimeOptions): Promise<Runtime> {
  return (await createAssembly(options)).runtime;
}

/** With the inside, for test drivers. */
export async function createAssembly(options: CreateRuntimeOptions): Promise<Assembly> {
  const store = openStore(options.folder);
  try {
    const tokenSigner = createTokenSigner(options.folder);
    return await assembleRuntime(PARTS, { tokenSigner, ...options, store });
  } catch (error) {
    store.close();
    throw error;
  }
}
