import { expect, test, vi } from "vitest";
import type { Transaction } from "../../../src/embedded/engine/types";
import { answerSyscall, type Frame } from "../../../src/embedded/execution/syscalls";

test("a nested mutation that ends with a full stack of the host's is undone like any that fails", () => {
  const tx = {
    handles: () => false,
    savepoint: () => "before",
    enterCall: () => "call",
    leaveCall: vi.fn<(call: unknown) => void>(),
    rollbackTo: vi.fn<(savepoint: unknown) => void>(),
  };
  const spec = { componentPath: "", modulePath: "a", exportName: "b", kind: "mutation" };
  const frame = {
    tx: tx as unknown as Transaction,
    call: { spec, identity: { kind: "none" } },
    host: { resolve: () => spec },
    fail: (error: unknown) => {
      throw error;
    },
    runNested() {
      throw new RangeError("Maximum call stack size exceeded");
    },
  } as unknown as Frame;
  const args = JSON.stringify({ udfType: "mutation", name: "a:b", args: {} });
  const answer = answerSyscall(frame, "1.0/runUdf", args);
  expect(answer).toMatchObject({ message: expect.stringContaining("call stack") });
  expect(tx.leaveCall).toHaveBeenCalledWith("call");
  expect(tx.rollbackTo).toHaveBeenCalledWith("before");
});
