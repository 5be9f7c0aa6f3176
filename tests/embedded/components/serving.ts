/** A project on a served instance, with a real client and an admin's door into its components. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { onTestFinished } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Push } from "../../../src/embedded/deploy/types";
import { type Instance, openInstance } from "../../../src/embedded/instance";

/** Components of our own. */
export const COMPONENTS = "tests/fixtures/projects/components";
/** Components from npm. */
export const PACKAGES = "tests/fixtures/projects/componentPackages";

export const query = (name: string) => makeFunctionReference<"query">(name);
export const mutation = (name: string) => makeFunctionReference<"mutation">(name);
export const action = (name: string) => makeFunctionReference<"action">(name);

export type Args = Record<string, unknown>;

export class Served {
  instance: Instance;
  client: ConvexHttpClient;
  readonly #data: string;

  private constructor(instance: Instance, data: string) {
    this.instance = instance;
    this.client = new ConvexHttpClient(instance.apiUrl, { logger: false });
    this.#data = data;
  }

  /** For one test. */
  static async open(): Promise<Served> {
    const served = await Served.start();
    onTestFinished(() => served.stop());
    return served;
  }

  static async start(): Promise<Served> {
    const data = await mkdtemp(join(tmpdir(), "embedded-components-"));
    return new Served(await openInstance({ data, port: 0, sitePort: 0 }), data);
  }

  async stop(): Promise<void> {
    await this.instance.close();
    await rm(this.#data, { recursive: true, force: true });
  }

  /** Ends the process's part of it and starts it anew on the same data. */
  async restart(): Promise<void> {
    await this.instance.close();
    this.instance = await openInstance({ data: this.#data, port: 0, sitePort: 0 });
    this.client = new ConvexHttpClient(this.instance.apiUrl, { logger: false });
  }

  async deploy(push: Push): Promise<void> {
    await this.instance.runtime.deploy(push);
  }

  /** Whatever kind of function, in any component, as `npx convex run --component` calls it. */
  async run(path: string, args: Args = {}, componentPath?: string): Promise<unknown> {
    const response = await fetch(`${this.instance.apiUrl}/api/function`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Convex ${this.instance.adminKey}`,
      },
      body: JSON.stringify({ path, args, componentPath, format: "json" }),
    });
    const reply = (await response.json()) as {
      status?: string;
      value?: unknown;
      errorMessage?: string;
      message?: string;
    };
    if (reply.status === "success") return reply.value;
    throw new Error(reply.errorMessage ?? reply.message);
  }
}

let bundled: Promise<Push> | undefined;
export function componentsPush(): Promise<Push> {
  return (bundled ??= bundleProject(COMPONENTS));
}

export const GREETING = "hello";

/** The fixture of components of our own, served. */
export async function serveComponents(): Promise<Served> {
  const served = await Served.open();
  await served.instance.runtime.setEnvironment({
    GREETING,
    SECRET: "the app's own",
    AUTH_PROVIDERS: "[]",
  });
  await served.deploy(await componentsPush());
  return served;
}

/** The app's functions that call its components for a test; see the fixture's `relay.ts`. */
export function relay({ client }: Served) {
  const call = (path: string, args: Args) => ({ path, args });
  return {
    read: (path: string, args: Args = {}) => client.query(query("relay:read"), call(path, args)),
    write: (path: string, args: Args = {}) =>
      client.mutation(mutation("relay:write"), call(path, args)),
    act: (path: string, args: Args = {}) => client.action(action("relay:act"), call(path, args)),
    notes: () => client.query(query("relay:notes"), {}),
  };
}
