/** What changed in a text: line by line, and within lines that took another's place word by word. */

export type Part = { text: string; isChanged: boolean };
export type Line = { kind: "same" | "removed" | "added"; parts: Part[] };
/** `skipped`: lines that are the same, and far from any that are not. */
export type Row = Line | { kind: "skipped"; count: number };

const CONTEXT_LINES = 2;
/** Beyond it, finding the longest common part takes too long for a screen: all is taken to have changed. */
const CELLS_MAX = 4_000_000;

export function diffTexts(from: string, to: string): Row[] {
  const lines = align(from.split("\n"), to.split("\n"));
  return fold(lines.flatMap(toLines));
}

/** A run of entries that both have, or what the one has in place of the other's. */
type Run = { same: string[] } | { removed: string[]; added: string[] };

function toLines(run: Run): Line[] {
  if ("same" in run) return run.same.map((text) => lineOf("same", text));
  const { removed, added } = run;
  // As many as before: each is a later state of one.
  if (removed.length !== added.length) {
    return [
      ...removed.map((text) => lineOf("removed", text)),
      ...added.map((text) => lineOf("added", text)),
    ];
  }
  const pairs = removed.map((text, index) => wordsOf(text, added[index] ?? ""));
  return [
    ...pairs.map(({ before }): Line => ({ kind: "removed", parts: before })),
    ...pairs.map(({ after }): Line => ({ kind: "added", parts: after })),
  ];
}

function lineOf(kind: Line["kind"], text: string): Line {
  return { kind, parts: [{ text, isChanged: false }] };
}

function wordsOf(from: string, to: string): { before: Part[]; after: Part[] } {
  const split = (text: string) => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  const before: Part[] = [];
  const after: Part[] = [];
  for (const run of align(split(from), split(to))) {
    if ("same" in run) {
      const part = { text: run.same.join(""), isChanged: false };
      before.push(part);
      after.push(part);
    } else {
      if (run.removed.length > 0) before.push({ text: run.removed.join(""), isChanged: true });
      if (run.added.length > 0) after.push({ text: run.added.join(""), isChanged: true });
    }
  }
  return { before, after };
}

/** The longest common part, and what stands between it. */
function align(from: readonly string[], to: readonly string[]): Run[] {
  const start = common(from, to, (list, index) => list[index]);
  const rest = { from: from.slice(start), to: to.slice(start) };
  const end = common(rest.from, rest.to, (list, index) => list[list.length - 1 - index]);
  const middle = between(
    rest.from.slice(0, rest.from.length - end),
    rest.to.slice(0, rest.to.length - end),
  );
  const runs: Run[] = [
    { same: from.slice(0, start) },
    ...middle,
    { same: rest.from.slice(rest.from.length - end) },
  ];
  return runs.filter((run) => !("same" in run) || run.same.length > 0);
}

function common(
  from: readonly string[],
  to: readonly string[],
  at: (list: readonly string[], index: number) => string | undefined,
): number {
  const most = Math.min(from.length, to.length);
  let count = 0;
  while (count < most && at(from, count) === at(to, count)) count += 1;
  return count;
}

function between(from: readonly string[], to: readonly string[]): Run[] {
  if (from.length === 0 && to.length === 0) return [];
  if (from.length * to.length > CELLS_MAX) return [{ removed: [...from], added: [...to] }];
  const lengths = commonLengths(from, to);
  const width = to.length + 1;
  const runs: Run[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [before, after] = [from[i], to[j]];
    if (before !== undefined && before === after) {
      push(runs, { same: before });
      [i, j] = [i + 1, j + 1];
    } else if (
      before !== undefined &&
      (after === undefined || at(lengths, (i + 1) * width + j) >= at(lengths, i * width + j + 1))
    ) {
      push(runs, { removed: before });
      i += 1;
    } else {
      push(runs, { added: after ?? "" });
      j += 1;
    }
  }
  return runs;
}

/** Of the rest of the one from `i` and of the other from `j`, how long the longest common part is. */
function commonLengths(from: readonly string[], to: readonly string[]): Uint32Array {
  const width = to.length + 1;
  const lengths = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        from[i] === to[j]
          ? at(lengths, (i + 1) * width + j + 1) + 1
          : Math.max(at(lengths, (i + 1) * width + j), at(lengths, i * width + j + 1));
    }
  }
  return lengths;
}

function at(lengths: Uint32Array, index: number): number {
  return lengths[index] ?? 0;
}

/** Adds an entry to the last run, or begins one. */
function push(
  runs: Run[],
  entry: { same: string } | { removed: string } | { added: string },
): void {
  const last = runs.at(-1);
  if ("same" in entry) {
    if (last !== undefined && "same" in last) last.same.push(entry.same);
    else runs.push({ same: [entry.same] });
    return;
  }
  const open = last !== undefined && "removed" in last ? last : { removed: [], added: [] };
  if (open !== last) runs.push(open);
  if ("removed" in entry) open.removed.push(entry.removed);
  else open.added.push(entry.added);
}

/** Without the lines that are far from any change. */
function fold(lines: readonly Line[]): Row[] {
  const isNear = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
      .some(({ kind }) => kind !== "same"),
  );
  const rows: Row[] = [];
  for (const [index, line] of lines.entries()) {
    const last = rows.at(-1);
    if (isNear[index] === true) rows.push(line);
    else if (last?.kind === "skipped") last.count += 1;
    else rows.push({ kind: "skipped", count: 1 });
  }
  return rows;
}
