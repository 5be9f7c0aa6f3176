/** Pushes a project's functions into a running runtime, now and whenever its files change. */
import { join, sep } from "node:path";
import { bundleWithInputs } from "../deploy/bundleProject";
import { readProject } from "../deploy/project";
import { PushError } from "../deploy/types";
import { RequestError, type Runtime } from "../runtime/types";
import { setMissingVariables } from "./environmentFile";
import { watchFiles } from "./watching";

export class ProjectPusher {
  readonly #runtime: Runtime;
  readonly #folder: string;
  readonly #say: (line: string) => void;
  /** The files of the last push, or of the last attempt as far as it came. */
  #files: ReadonlySet<string> = new Set();
  #componentFolders: readonly string[] = [];

  constructor(runtime: Runtime, options: { folder: string; say: (line: string) => void }) {
    this.#runtime = runtime;
    this.#folder = options.folder;
    this.#say = options.say;
  }

  /** Whether the push is served now. If not, stderr says why, and what was served before still is. */
  async push(): Promise<boolean> {
    try {
      await setMissingVariables(this.#runtime, this.#folder);
      const bundled = await bundleWithInputs(readProject(this.#folder));
      const { push, inputs, componentFolders } = bundled;
      this.#files = inputs;
      this.#componentFolders = componentFolders;
      await this.#runtime.deploy(push);
      return true;
    } catch (error) {
      if (!(error instanceof PushError || error instanceof RequestError)) throw error;
      this.#watchAlso(error);
      console.error(`The push failed, so it is not served.\n${error.message}`);
      return false;
    }
  }

  /** @returns What ends it. */
  watch(): () => void {
    return watchFiles(
      () => this.#watched(),
      async () => {
        if (await this.push()) this.#say("Pushed.");
      },
    );
  }

  /** A file with a mistake in it may not be known yet, when the first push did not come that far. */
  #watchAlso(error: PushError | RequestError): void {
    const file = error instanceof PushError ? error.details["file"] : undefined;
    if (typeof file === "string") this.#files = new Set([...this.#files, join(this.#folder, file)]);
  }

  #watched() {
    const configuration = ["convex.json", ".env.local"].map((name) => join(this.#folder, name));
    const isOwn = (path: string) => !path.includes(`${sep}node_modules${sep}`);
    return {
      folders: [...this.#functionsFolder(), ...this.#componentFolders.filter(isOwn)],
      files: new Set([...configuration, ...[...this.#files].filter(isOwn)]),
    };
  }

  #functionsFolder(): string[] {
    try {
      return [readProject(this.#folder).functionsFolder];
    } catch {
      return []; // convex.json is broken or the folder is missing, as the push has said
    }
  }
}
