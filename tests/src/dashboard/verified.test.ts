import { expect, test } from "vitest";
import { vFailureClass } from "../../../convex/validators";
import { said } from "../../../src/dashboard/screens/providers/verified";

test("whatever a provider says to an account is a sentence about that account", () => {
  expect(said("Ours", { outcome: "works" })).toMatchObject({ isGood: true });
  expect(said("Ours", { outcome: "open" })).toMatchObject({ isGood: true });
  const detail = "Enter the key again.";
  expect(said("Ours", { outcome: "unusable", detail }).text).toContain(detail);
  for (const { value: failureClass } of vFailureClass.members) {
    for (const status of [null, 200, 418]) {
      const { isGood, text } = said("Ours", { outcome: "failed", failureClass, status });
      expect(isGood).toBe(false);
      expect(text).toMatch(/^"Ours": .+\.$/);
    }
  }
});
