/** Everything that is measured, in the order of the table. */
import type { Measure } from "./report";

export const MEASURES = {
  rawSingle: { title: "raw store: durable single inserts", unit: "/s" },
  rawGrouped: { title: "raw store: inserts, 50 per commit", unit: "/s" },
  rawGroupedCpu: { title: "raw store: CPU for each of these", unit: "µs" },
  rawScan: { title: "raw store: scans of 20 rows", unit: "/s" },

  convexTestMutation200: { title: "convex-test: mutations at 200 documents", unit: "/s" },
  convexTestMutation2000: { title: "convex-test: mutations at 2,000 documents", unit: "/s" },
  convexTestQuery200: { title: "convex-test: 20-row queries at 200 documents", unit: "/s" },
  convexTestQuery2000: { title: "convex-test: 20-row queries at 2,000 documents", unit: "/s" },

  mutationSequential: {
    title: "in process: mutations one by one (one fsync each)",
    unit: "/s",
    versus: { raw: "rawSingle", convexTest: "convexTestMutation2000" },
  },
  mutationConcurrent: {
    title: "in process: mutations, 64 in flight",
    unit: "/s",
    versus: { raw: "rawGrouped", convexTest: "convexTestMutation2000" },
    aim: { of: "rawGrouped", atLeast: 1 / 2.5 },
  },
  mutationCpu: {
    title: "in process: CPU for each of these",
    unit: "µs",
    versus: { raw: "rawGroupedCpu" },
  },
  point: { title: "in process: point queries one by one, each run anew", unit: "/s" },
  pointConcurrent: {
    title: "in process: the same, 64 in flight",
    unit: "/s",
    aim: { atLeast: 40_000 },
  },
  pointCpu: { title: "in process: CPU for each of these", unit: "µs" },
  pointCached: { title: "in process: point query from the cache", unit: "/s" },
  query20: {
    title: "in process: 20-row queries one by one, each run anew",
    unit: "/s",
    versus: { raw: "rawScan", convexTest: "convexTestQuery2000" },
  },
  query20Concurrent: {
    title: "in process: the same, 64 in flight",
    unit: "/s",
    versus: { raw: "rawScan", convexTest: "convexTestQuery2000" },
  },
  query20Cpu: { title: "in process: CPU for each of these", unit: "µs" },
  query1: { title: "in process: 1-row queries one by one, each run anew", unit: "/s" },
  query1Concurrent: { title: "in process: the same, 64 in flight", unit: "/s" },
  query1Cpu: { title: "in process: CPU for each of these", unit: "µs" },
  query20Cached: { title: "in process: 20-row query from the cache", unit: "/s" },

  slowAlone: { title: "in process: a query that computes for long", unit: "ms" },
  slowMutation: {
    title: "in process: beside it, the longest mutation",
    unit: "ms",
    aim: { of: "slowAlone", atMost: 1.1 },
  },
  slowPoint: {
    title: "in process: beside it, the longest point query",
    unit: "ms",
    aim: { of: "slowAlone", atMost: 1.1 },
  },

  mutation10k: { title: "10,000 documents: mutations, 64 in flight", unit: "/s" },
  mutation100k: growth("100,000 documents: the same", "mutation10k"),
  mutation1M: growth("1,000,000 documents: the same", "mutation10k"),
  point10k: { title: "10,000 documents: point queries, 64 in flight", unit: "/s" },
  point100k: growth("100,000 documents: the same", "point10k"),
  point1M: growth("1,000,000 documents: the same", "point10k"),
  rows10k: { title: "10,000 documents: 20-row queries, 64 in flight", unit: "/s" },
  rows100k: growth("100,000 documents: the same", "rows10k"),
  rows1M: growth("1,000,000 documents: the same", "rows10k"),

  socketP50: { title: "ConvexClient: mutation round trip p50", unit: "ms" },
  socketP95: { title: "ConvexClient: mutation round trip p95", unit: "ms" },
  socketP99: { title: "ConvexClient: mutation round trip p99", unit: "ms" },
  httpP50: { title: "ConvexHttpClient: mutation round trip p50", unit: "ms" },
  httpP95: { title: "ConvexHttpClient: mutation round trip p95", unit: "ms" },
  socketMutations: { title: "32 ConvexClients: mutations", unit: "/s" },
  httpMutations: { title: "16 ConvexHttpClients: mutations", unit: "/s" },
  httpQueries20: { title: "16 ConvexHttpClients: 20-row queries, each run anew", unit: "/s" },
  httpQueries1: { title: "16 ConvexHttpClients: 1-row queries, each run anew", unit: "/s" },

  fanOutSameFirst: { title: "100 sockets, same query: first told", unit: "ms" },
  fanOutSameMedian: { title: "100 sockets, same query: median told", unit: "ms" },
  fanOutSameLast: { title: "100 sockets, same query: last told", unit: "ms" },
  fanOutOwnFirst: { title: "100 sockets, 100 queries: first told", unit: "ms" },
  fanOutOwnMedian: { title: "100 sockets, 100 queries: median told", unit: "ms" },
  fanOutOwnLast: { title: "100 sockets, 100 queries: last told", unit: "ms" },

  textInsert: { title: "inserts of 30 words into a text index, 50 per mutation", unit: "/s" },
  textRare: { title: "text search: a rare word, best 10 of 20,000", unit: "ms" },
  textCommon: { title: "text search: three common words, best 10 of 20,000", unit: "ms" },
  textFiltered: { title: "text search: the same among a tenth", unit: "ms" },
  vectorFirst: { title: "vector search: the first after a start, 10,000 × 1,536", unit: "ms" },
  vectorExact: {
    title: "vector search: best 10 of 10,000 × 1,536",
    unit: "ms",
    aim: { atMost: 100 },
  },
  vectorFiltered: {
    title: "vector search: the same among a tenth",
    unit: "ms",
    aim: { atMost: 100 },
  },
  vectorStall: { title: "vector search: the longest that other work waits", unit: "ms" },

  broadcastFirst: { title: "bare ws broadcast to 1,000 sockets: first told", unit: "ms" },
  broadcastLast: { title: "bare ws broadcast to 1,000 sockets: last told", unit: "ms" },
  fanOutManyFirst: { title: "1,000 sockets, same query: first told", unit: "ms" },
  fanOutManyLast: {
    title: "1,000 sockets, same query: last told",
    unit: "ms",
    aim: { of: "broadcastLast", atMost: 2 },
  },

  bareUpload: { title: "bare server: upload of 64 MB, synced", unit: "MB/s" },
  bareDownload: { title: "bare server: download of 64 MB", unit: "MB/s" },
  bareSmallUploads: { title: "bare server: uploads of 1 KB, 16 at once, synced", unit: "/s" },
  upload: {
    title: "upload URL: upload of 64 MB",
    unit: "MB/s",
    aim: { of: "bareUpload", atLeast: 1 / 2 },
  },
  download: {
    title: "file URL: download of 64 MB",
    unit: "MB/s",
    aim: { of: "bareDownload", atLeast: 1 / 1.5 },
  },
  smallUploads: {
    title: "upload URL: uploads of 1 KB, 16 at once",
    unit: "/s",
    aim: { of: "bareSmallUploads", atLeast: 1 / 3 },
  },
} as const satisfies Record<string, Measure>;

/** What takes as long whatever the number of documents: within 1.3 times. */
function growth<Of extends string>(title: string, of: Of) {
  return { title, unit: "/s", aim: { of, atLeast: 1 / 1.3, atMost: 1.3 } } as const;
}

export type MeasureId = keyof typeof MEASURES;
export type Add = (id: MeasureId, value: number) => void;
