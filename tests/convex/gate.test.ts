import fc from "fast-check";
import { expect, test } from "vitest";
import { Gate } from "../../convex/lib/gate";

const ROOM = 100;

test("lets in while there is room, in order; who goes away while waiting holds nobody up", async () => {
  const visit = fc.record({
    size: fc.integer({ min: 0, max: 150 }),
    leavesEarly: fc.boolean(),
  });
  const property = fc.asyncProperty(
    fc.array(visit, { minLength: 1, maxLength: 8 }),
    fc.infiniteStream(fc.nat(7)),
    async (visits, picks) => {
      const gate = new Gate(ROOM);
      const inside = new Map<number, () => void>();
      const wentIn: number[] = [];
      const aborts = visits.map(() => new AbortController());
      const ended = visits.map(async ({ size }, n) => {
        const leave = await gate.enter(size, aborts[n]!.signal);
        if (aborts[n]!.signal.aborted) return leave();
        wentIn.push(n);
        inside.set(n, leave);
      });
      const settle = async () => {
        await new Promise(setImmediate);
        const taken = [...inside.keys()].reduce((sum, n) => sum + visits[n]!.size, 0);
        const sizes = [...inside.keys()].map((n) => visits[n]!.size);
        // What is larger than all the room goes alone, or beside what weighs nothing.
        expect(taken <= ROOM || taken === Math.max(...sizes)).toBe(true);
      };
      await settle();
      for (const [n, { leavesEarly }] of visits.entries()) {
        if (leavesEarly && !inside.has(n)) aborts[n]!.abort();
      }
      await settle();
      while (inside.size > 0) {
        const [n, leave] = [...inside][picks.next().value % inside.size]!;
        inside.delete(n);
        leave();
        leave();
        await settle();
      }
      await Promise.all(ended); // nobody waits for ever
      expect(wentIn).toEqual(wentIn.toSorted((a, b) => a - b));
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
