/** What is measured of gateways, in the order of the table. */
import type { Aim, Measure } from "./report";

export const GATEWAY_RATIOS = { direct: "× direct" };

export type GatewayMeasure = keyof typeof GATEWAY_MEASURES;

export const GATEWAY_MEASURES = {
  directTotal: plain("SDK alone: whole reply, p50"),
  oursTotal: beside("ours: whole reply, p50", "directTotal"),
  portkeyTotal: beside("Portkey: whole reply, p50", "directTotal"),
  oursAdded: plain("ours: added, p50", { atMost: 5 }),
  portkeyAdded: plain("Portkey: added, p50"),
  oursAdded99: plain("ours: added, p99"),
  portkeyAdded99: plain("Portkey: added, p99"),

  directFirst: plain("stream, SDK alone: first token, p50"),
  oursFirst: beside("stream, ours: first token, p50", "directFirst"),
  portkeyFirst: beside("stream, Portkey: first token, p50", "directFirst"),
  oursAddedFirst: plain("stream, ours: added to the first token, p50"),
  portkeyAddedFirst: plain("stream, Portkey: added to the first token, p50"),

  directSecond: plain("stream of a second, SDK alone: whole reply"),
  oursSecond: beside("stream of a second, ours", "directSecond", {
    of: "directSecond",
    atMost: 1.05,
  }),
  portkeySecond: beside("stream of a second, Portkey", "directSecond"),

  directRate: { title: "32 at once, SDK alone", unit: "/s" },
  oursRate: { title: "32 at once, ours", unit: "/s", versus: { direct: "directRate" } },
  portkeyRate: { title: "32 at once, Portkey", unit: "/s", versus: { direct: "directRate" } },

  oursRss: { title: "memory of the process, ours", unit: "MiB" },
  portkeyRss: { title: "memory of the process, Portkey", unit: "MiB" },
} as const satisfies Record<string, Measure>;

function plain(title: string, aim?: Aim) {
  return { title, unit: "ms", ...(aim !== undefined && { aim }) } as const;
}

function beside(title: string, direct: string, aim?: Aim) {
  return { ...plain(title, aim), versus: { direct } };
}
