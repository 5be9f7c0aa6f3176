/** What is measured of a turn, in the order of the table. */
import type { Aim, Measure } from "./report";

export const RATIOS = { direct: "× direct" };

export type TurnMeasure = keyof typeof TURN_MEASURES;

export const TURN_MEASURES = {
  directFirst: { title: "SDK alone, 0 ms: first token", unit: "ms" },
  directTotal: { title: "SDK alone, 0 ms: whole reply", unit: "ms" },
  withRows: {
    title: "SDK and two durable SQLite rows, 0 ms",
    unit: "ms",
    versus: { direct: "directTotal" },
  },
  first: turn("turn, 0 ms: first token seen", "directFirst"),
  total: turn("turn, 0 ms: whole reply seen", "directTotal"),
  addedFirst: { title: "turn, 0 ms: added to the first token", unit: "ms", aim: { atMost: 4 } },
  addedTotal: { title: "turn, 0 ms: added to the whole reply", unit: "ms", aim: { atMost: 8 } },

  directFirstPaced: { title: "SDK alone, 20 ms: first token", unit: "ms" },
  directTotalPaced: { title: "SDK alone, 20 ms: whole reply", unit: "ms" },
  firstPaced: turn("turn, 20 ms: first token seen", "directFirstPaced"),
  totalPaced: turn("turn, 20 ms: whole reply seen", "directTotalPaced"),
  addedFirstPaced: {
    title: "turn, 20 ms: added to the first token",
    unit: "ms",
    aim: { atMost: 4 },
  },
  addedTotalPaced: {
    title: "turn, 20 ms: added to the whole reply",
    unit: "ms",
    aim: { atMost: 8 },
  },

  directRate: { title: "SDK alone, 16 at once, 0 ms", unit: "/s" },
  rate: {
    title: "turns, 16 at once, 0 ms",
    unit: "/s",
    versus: { direct: "directRate" },
    aim: { atLeast: 150 },
  },
  cpu: { title: "CPU of a turn, one by one", unit: "ms", aim: { atMost: 8 } },
  cpuConcurrent: { title: "CPU of a turn, 16 at once", unit: "ms", aim: { atMost: 8 } },
  commits: {
    title: "durable commits of a turn, one by one, 0 ms",
    unit: "commits",
    aim: { atMost: 5 },
  },
  commitsConcurrent: { title: "durable commits of a turn, 16 at once, 0 ms", unit: "commits" },
  rowsRead: { title: "rows read in a turn, 0 ms", unit: "rows" },
  rowsWritten: { title: "rows written in a turn, 0 ms", unit: "rows" },
  chunkCommits: { title: "durable commits of a turn's chunks, 20 ms", unit: "commits" },
  chunkRead: { title: "rows read for a chunk, 20 ms", unit: "rows" },
  chunkWritten: { title: "rows written for a chunk, 20 ms", unit: "rows" },

  total200: turn("200th turn of a session, 0 ms: whole reply seen", "directTotal200"),
  directTotal200: { title: "SDK alone with the same messages", unit: "ms" },
  added200: { title: "200th turn: added to the whole reply", unit: "ms", aim: flat() },
  total500: turn("500th turn (1,000 messages): whole reply seen", "directTotal500"),
  directTotal500: { title: "SDK alone with the same messages", unit: "ms" },
  added500: { title: "500th turn: added to the whole reply", unit: "ms", aim: flat() },
  rowsRead500: { title: "rows read in the 500th turn", unit: "rows" },

  heap: { title: "heap after 500 turns, beyond that before them", unit: "MiB" },
  rss: { title: "memory of the process after 500 turns", unit: "MiB" },
} as const satisfies Record<string, Measure>;

function turn(title: string, direct: string): Measure {
  return { title, unit: "ms", versus: { direct } };
}

/** The session's length must not be felt: what the turn adds is what it adds in an empty session. */
function flat(): Aim {
  return { of: "addedTotal", atMost: 1.3 };
}
