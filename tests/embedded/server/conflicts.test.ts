/** What clients are told of a mutation that conflicted each time it ran. */
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { expect, onTestFinished, test } from "vitest";
import { CONFLICT_CODE, RequestError } from "../../../src/embedded/runtime/types";
import { socketOptions } from "../clients/connections";
import type { FakeFunctions } from "./fakeRuntime";
import { serve } from "./serving";

const MESSAGE = 'Documents read from or written to the "counters" table changed';

/** A mutation that conflicts as often as is said, then gets through. */
function conflicting(times: number) {
  const calls = { count: 0 };
  const functions: FakeFunctions = {
    bump: {
      kind: "mutation",
      run() {
        calls.count++;
        if (calls.count <= times) throw new RequestError(503, CONFLICT_CODE, MESSAGE);
        return calls.count;
      },
    },
  };
  return { calls, functions };
}

test("over HTTP: 503 with Convex's code", async () => {
  const { post } = await serve(conflicting(1).functions);
  const response = await post("/api/mutation", { path: "bump", args: {} });
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ code: CONFLICT_CODE, message: MESSAGE });
});

test("over a socket: it is closed, to be tried again", async () => {
  const { connect, errors } = await serve(conflicting(1).functions);
  const client = await connect();
  client.mutate(0, "bump");
  expect(await client.closed).toEqual({ code: 1013, reason: CONFLICT_CODE });
  expect(client.messages).toEqual([]);
  expect(errors).toEqual([]);
});

test("the real client sends the mutation again until it gets through", async () => {
  const { calls, functions } = conflicting(1);
  const { apiUrl } = await serve(functions);
  const client = new ConvexClient(apiUrl, socketOptions);
  onTestFinished(() => client.close());
  const bump = makeFunctionReference<"mutation", Record<string, never>, number>("bump");
  expect(await client.mutation(bump, {})).toBe(2);
  expect(calls.count).toBe(2);
}, 30_000);
