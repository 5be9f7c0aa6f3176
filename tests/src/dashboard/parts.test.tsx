// @vitest-environment jsdom
/** Parts of screens that have a memory: what they keep, and what they do not. */
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense, useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { useKept } from "../../../src/dashboard/data/kept";
import { DataTable, type Column } from "../../../src/dashboard/ui/DataTable";
import { loaded } from "../../../src/dashboard/ui/loaded";
import { Meter } from "../../../src/dashboard/ui/Meter";
import { More } from "../../../src/dashboard/ui/More";
import { Moment } from "../../../src/dashboard/ui/values";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

type Row = { id: string };
function Counter() {
  const [count, setCount] = useState(0);
  return <button onClick={() => setCount(count + 1)}>Clicked {count} times</button>;
}

test("what a cell of a table remembers stays when the columns are made anew", () => {
  const columns = (): Column<Row>[] => [{ name: "Clicks", cell: () => <Counter /> }];
  const table = () => (
    <DataTable name="Rows" columns={columns()} rows={[{ id: "a" }]} keyOf={({ id }) => id} />
  );
  const { rerender } = render(table());
  fireEvent.click(screen.getByText("Clicked 0 times"));
  rerender(table());
  expect(screen.getByText("Clicked 1 times")).toBeTruthy();
});

test("whoever asked for more rows keeps the focus, while they come and when there are no more", () => {
  const load = vi.fn();
  const { rerender } = render(<More status="CanLoadMore" loadMore={load} />);
  const button = screen.getByRole("button");
  button.focus();
  fireEvent.click(button);
  for (const status of ["LoadingMore", "Exhausted"]) {
    rerender(<More status={status} loadMore={load} />);
    fireEvent.click(button);
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute("aria-disabled")).toBe("true");
  }
  expect(load).toHaveBeenCalledTimes(1);
});

test("a list that has always been whole offers no more", () => {
  render(<More status="Exhausted" loadMore={() => {}} />);
  expect(screen.queryByRole("button")).toBe(null);
});

test("how long ago something was goes on with the clock", () => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  render(<Moment atMs={Date.now() - 3_000} />);
  expect(screen.getByText("just now")).toBeTruthy();
  act(() => void vi.advanceTimersByTime(2 * 60_000));
  expect(screen.getByText("2 minutes ago")).toBeTruthy();
});

test.each([
  [99.6, "99", "99 %"],
  [100, "100", "100 %"],
  [250, "100", "250 %"],
  [567_242_800, "100", "> 999 %"],
])("a meter at %d of a hundred is between its bounds, and is full only when it is", (...row) => {
  const [percent, now, text] = row;
  render(<Meter label="Used" percent={percent} />);
  const meter = screen.getByRole("meter");
  expect(meter.getAttribute("aria-valuenow")).toBe(now);
  expect(meter.getAttribute("aria-valuetext")).toBe(text);
});

test("what could not be loaded is loaded again when it is shown again", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let isAway = true;
  const Part = loaded(async () => {
    if (isAway) throw new Error("away");
    return { default: () => <p>Here it is</p> };
  });
  const shown = () => render(<Suspense fallback="Loading">{<Part />}</Suspense>);
  await expect(act(async () => void shown())).rejects.toThrow("away");
  isAway = false;
  await new Promise((done) => setTimeout(done, 1_100));
  await act(async () => void shown());
  expect(screen.getByText("Here it is")).toBeTruthy();
});

test("an answer stays until the next to the same question; that to another does not", () => {
  const Shown = ({ answer, of }: { answer: string | undefined; of: string }) => (
    <p data-testid="shown">{useKept(answer, of) ?? "Loading"}</p>
  );
  const texts: (string | null)[] = [];
  const { rerender } = render(<Shown answer="old" of="budgets" />);
  for (const [answer, of] of [
    [undefined, "budgets"],
    ["new", "budgets"],
    [undefined, "budgets"],
    [undefined, "runs"],
  ] as const) {
    rerender(<Shown answer={answer} of={of} />);
    texts.push(screen.getByTestId("shown").textContent);
  }
  expect(texts).toEqual(["old", "new", "new", "Loading"]);
});
