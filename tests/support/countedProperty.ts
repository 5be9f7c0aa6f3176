/** Properties that count what they met, for one that met nothing would prove nothing. */
import fc from "fast-check";

const SEED = 20_261_125;

/**
 * Runs a property half by one seed, after which `expectCounts` holds each time or never, and half by chance, of whose
 * counts nothing can be promised.
 */
export async function assertCounted<Ts>(
  property: fc.IAsyncProperty<Ts> | fc.IProperty<Ts>,
  numRuns: number,
  expectCounts: () => void,
): Promise<void> {
  await fc.assert(property, { numRuns: numRuns / 2, seed: SEED });
  expectCounts();
  await fc.assert(property, { numRuns: numRuns / 2 });
}
