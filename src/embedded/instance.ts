/** A running embedded runtime: its data folder opened, its ports served. */
import { createRuntime } from "./runtime/createRuntime";
import type { Runtime } from "./runtime/types";
import { serveOn } from "./serve";
import { loadAdminKey } from "./server/auth/adminKey";
import { openPorts, type PortOptions, type Ports } from "./server/ports";

export type InstanceOptions = PortOptions & {
  /** What clients reach the API at, and HTTP actions, where that is a proxy's address. */
  origin?: string;
  siteOrigin?: string;
  /** The data folder, absolute. */
  data: string;
  /** How long versions of documents are kept after they were replaced or deleted. */
  retentionMs?: number;
  /** How long each mutation counts as having taken when conflicts are judged. Without it, nothing conflicts. */
  occWindow?: number;
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
export async function openInstance({ data, ...options }: InstanceOptions): Promise<Instance> {
  // First the ports: what was pushed last is evaluated, and its jobs run, with the server's addresses set.
  const ports = await openPorts(options);
  try {
    return await openOn(ports, { data, ...options });
  } catch (error) {
    await ports.close(0);
    throw error;
  }
}

async function openOn(ports: Ports, options: InstanceOptions): Promise<Instance> {
  const { data, retentionMs, occWindow } = options;
  const { apiUrl, siteUrl } = ports;
  const urls = { apiUrl: options.origin ?? apiUrl, siteUrl: options.siteOrigin ?? siteUrl };
  const runtime = await createRuntime({
    folder: data,
    systemEnvironment: () => ({ CONVEX_CLOUD_URL: urls.apiUrl, CONVEX_SITE_URL: urls.siteUrl }),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(occWindow === undefined ? {} : { occWindowMs: occWindow }),
  });
  try {
    const adminKey = loadAdminKey(data, INSTANCE_NAME);
    const server = serveOn(ports, { runtime, adminKey, urls });
    return {
      runtime,
      apiUrl,
      siteUrl,
      adminKey,
      close: async () => {
        await server.close({ graceMs: GRACE_MS });
        await runtime.close({ graceMs: GRACE_MS });
      },
    };
  } catch (error) {
    await runtime.close({ graceMs: 0 });
    throw error;
  }
}
