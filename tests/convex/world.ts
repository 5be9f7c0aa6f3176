/** What the tests of a file have in place of the world: a simulator of the providers, and the internet. */
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Simulator } from "../../src/providers/simulator/server";
import { openOutside, type Outside } from "../support/outside";
import { simulatorFor } from "./turn";

export type World = Readonly<{ simulator: Simulator; outside: Outside }>;

/** Opened before the file's tests, closed after them; both forget between two. To be read within tests only. */
export function openWorld(): World {
  let opened: World | null = null;
  const there = (): World => {
    if (opened === null) throw new Error("The world is open within tests only.");
    return opened;
  };
  beforeAll(async () => {
    // The internet first: threads that are there before it do not know of it.
    const outside = await openOutside();
    opened = { outside, simulator: await simulatorFor() };
  });
  afterEach(() => {
    there().simulator.control.reset();
    there().outside.reset();
  });
  afterAll(async () => {
    await opened?.simulator.close();
    await opened?.outside.close();
  });
  return {
    get simulator() {
      return there().simulator;
    },
    get outside() {
      return there().outside;
    },
  };
}
