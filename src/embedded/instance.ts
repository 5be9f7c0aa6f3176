/** A running embedded runtime: its data folder opened, its ports served. */
import { createRuntime } from "./runtime/createRuntime";
import type { Runtime } from "./runtime/types";
import { type RunningServer, startServer } from "./serve";
import { loadAdminKey } from "./server/auth/adminKey";

export type InstanceOptions = {
  /** The data folder, absolute. */
  data: string;
  /** 0 takes any free port. */
  port: number;
  sitePort: number;
};

export type Instance = {
  runtime: Runtime;
  apiUrl: string;
  siteUrl: string;
  adminKey: string;
  /** Lets what is running end for a while, then closes connections and data. */
  close(): Promise<void>;
};

const INSTANCE_NAME = "embedded";
const GRACE_MS = 5_000;

/**
 * @throws StoreError - The data folder is in use, damaged or cannot be written.
 * @throws PortError - A port cannot be had.
 */
export async function openInstance({ data, ...ports }: InstanceOptions): Promise<Instance> {
  let server: RunningServer | null = null;
  const runtime = await createRuntime({
    folder: data,
    // Known only once the ports are open, and no function of a client runs before.
    systemEnvironment: () =>
      server === null ? {} : { CONVEX_CLOUD_URL: server.apiUrl, CONVEX_SITE_URL: server.siteUrl },
  });
  try {
    const adminKey = await loadAdminKey(data, INSTANCE_NAME);
    const running = await startServer({ runtime, adminKey, ...ports });
    server = running;
    return {
      runtime,
      apiUrl: running.apiUrl,
      siteUrl: running.siteUrl,
      adminKey,
      close: async () => {
        await running.close({ graceMs: GRACE_MS });
        await runtime.close({ graceMs: GRACE_MS });
      },
    };
  } catch (error) {
    await runtime.close({ graceMs: 0 });
    throw error;
  }
}
