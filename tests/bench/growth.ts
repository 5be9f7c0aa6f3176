/** The same work on few and many documents: what the runtime does must not grow with them. */
import type { Push } from "../../src/embedded/deploy/types";
import { FILL_COUNT } from "./documents";
import {
  askAnew,
  askPoint,
  type Bench,
  fillingChannel,
  openBench,
  send,
  someIds,
} from "./inProcess";
import { perSecondConcurrent } from "./measure";
import type { Add, MeasureId } from "./measures";

const WIDTH = 64;
const WARM_UP = 500;
const MUTATIONS = 4_000;
const POINTS = 10_000;
const ROWS = 2_000;
/** Points are asked of documents from all over the table. */
const PLACES = 20;

type Size = {
  name: string;
  documents: number;
  mutation: MeasureId;
  point: MeasureId;
  rows: MeasureId;
};

const SIZES: readonly Size[] = [
  { name: "10k", documents: 10_000, mutation: "mutation10k", point: "point10k", rows: "rows10k" },
  {
    name: "100k",
    documents: 100_000,
    mutation: "mutation100k",
    point: "point100k",
    rows: "rows100k",
  },
  { name: "1M", documents: 1_000_000, mutation: "mutation1M", point: "point1M", rows: "rows1M" },
];

type Grown = Size & { bench: Bench; ids: string[] };
export type Growth = { sizes: Grown[]; close(): Promise<void> };

export async function openGrowth(push: Push): Promise<Growth> {
  const sizes: Grown[] = [];
  for (const size of SIZES) {
    const bench = await openBench(push, size.documents);
    sizes.push({ ...size, bench, ids: await idsFromAllOver(bench, size.documents) });
    console.error(`${size.name} documents are there.`);
  }
  return {
    sizes,
    async close() {
      for (const { bench } of sizes) await bench.close();
    },
  };
}

export async function measureGrowth({ sizes }: Growth, add: Add): Promise<void> {
  for (const { bench, ids, mutation, point, rows } of sizes) {
    const { runtime } = bench;
    const mutate = () => send(runtime);
    const askOne = (index: number) => askPoint(runtime, ids[index % ids.length] ?? "");
    await perSecondConcurrent({ count: WARM_UP, width: WIDTH }, mutate);
    await perSecondConcurrent({ count: WARM_UP, width: WIDTH }, askOne);
    add(mutation, await perSecondConcurrent({ count: MUTATIONS, width: WIDTH }, mutate));
    add(point, await perSecondConcurrent({ count: POINTS, width: WIDTH }, askOne));
    const askRows = () => askAnew(runtime, 20);
    add(rows, await perSecondConcurrent({ count: ROWS, width: WIDTH }, askRows));
  }
}

async function idsFromAllOver({ runtime }: Bench, documents: number): Promise<string[]> {
  const ids: string[] = [];
  for (let place = 0; place < PLACES; place++) {
    const fills = documents / FILL_COUNT;
    const from = Math.floor((place * fills) / PLACES) * FILL_COUNT;
    ids.push(...(await someIds(runtime, fillingChannel(from))));
  }
  return ids;
}
