/** Pushes of the fixture project, whole or with a module left out. */
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Runtime } from "../../../src/embedded/runtime/types";
import { PROJECT } from "./api";

export async function deploy(runtime: Runtime, { without }: { without?: string }): Promise<void> {
  const push = await bundleProject(PROJECT);
  await runtime.deploy({
    definitions: push.definitions.map((definition) => ({
      ...definition,
      functions: definition.functions.filter((module) => module.path !== without),
    })),
  });
}
