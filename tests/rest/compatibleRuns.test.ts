/** What becomes of runs of the compatible API when something changes beside them. */
import OpenAI from "openai";
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { agentOf, sharedWorld } from "./world";

const world = sharedWorld();
const openai = () => new OpenAI({ baseURL: world().v1, apiKey: world().apiKey, maxRetries: 0 });

/** More than may wait in a session. */
const TOO_MANY = 25;

test("where too many runs wait in the session, one more is refused, and leaves nothing", async () => {
  const { simulator, owner } = world();
  simulator.control.reset();
  const { model, agentId } = await agentOf(world());
  const { id } = await openai().responses.create({ model, input: "Say: hi" });
  simulator.control.fault({ fault: { kind: "slow", msPerPiece: 1_000 } });
  const begun: string[] = [];
  let refused: unknown = null;
  while (begun.length < TOO_MANY && refused === null) {
    const input = `Say: ${"word ".repeat(30)}`;
    const more = { previous_response_id: id, input, background: true };
    await openai()
      .responses.create({ model, ...more })
      .then(
        (response) => begun.push(response.id),
        (error: unknown) => (refused = error),
      );
  }
  expect(refused).toMatchObject({ status: 409, code: "limit_reached" });
  // One is under way, or about to be; and 20 wait.
  expect([20, 21]).toContain(begun.length);
  const { page } = await owner.query(api.queries.runs.list, {
    paginationOpts: { cursor: null, numItems: 50 },
  });
  const runs = page.filter((run) => run.agentId === agentId);
  expect(runs.map(({ _id }) => `resp_${_id}`).toSorted()).toEqual([id, ...begun].toSorted());
  for (const one of begun.toReversed()) await openai().responses.cancel(one);
});
