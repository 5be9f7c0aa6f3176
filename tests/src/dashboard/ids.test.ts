// @vitest-environment jsdom
import { isNotFound } from "@tanstack/react-router";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idParam, isId } from "../../../src/dashboard/data/ids";
import { router } from "../../../src/dashboard/router";
import { toAgentSearch } from "../../../src/dashboard/screens/agents/search";
import { toBudgetsSearch } from "../../../src/dashboard/screens/budgets/search";
import { toChannelSearch } from "../../../src/dashboard/screens/channels/search";
import { toCostSearch } from "../../../src/dashboard/screens/costs/search";
import { toSessionsSearch } from "../../../src/dashboard/screens/sessions/search";
import { toSkillsSearch } from "../../../src/dashboard/screens/skills/search";
import { toDeliverySearch } from "../../../src/dashboard/screens/webhooks/search";
import { encodeId, INTERNAL_ID_BYTES } from "../../../src/embedded/values/ids";

const INTERNAL = { minLength: INTERNAL_ID_BYTES, maxLength: INTERNAL_ID_BYTES };
const id = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.uint8Array(INTERNAL))
  .map(([tableNumber, internalId]) => encodeId(tableNumber, internalId));

const NO_IDS = [
  ["nothing", ""],
  ["a word", "nonsense"],
  ["upper case", "J57CBYWE1TE7FVZF26G0X3FTSD7VAGD2"],
  ["letters outside the alphabet", "j57cbywe1te7fvzf26g0x3ftsd7vagdu"],
  ["too little", "0".repeat(30)],
  ["too much", "0".repeat(38)],
  ["a line after it", "j57cbywe1te7fvzf26g0x3ftsd7vagd2\n"],
  ["a number", 7],
  ["a list", ["j57cbywe1te7fvzf26g0x3ftsd7vagd2"]],
] as const;

test("every id that a deployment gives can be one", () => {
  fc.assert(fc.property(id, (text) => isId(text)));
  expect(isId("j57cbywe1te7fvzf26g0x3ftsd7vagd2")).toBe(true);
});

describe.each(NO_IDS)("%s", (_name, text) => {
  test("is no id", () => expect(isId(text)).toBe(false));

  test("is as if it did not stand in the address", () => {
    const found = [
      toAgentSearch({ test: text }),
      toBudgetsSearch({ budget: text, agent: text, user: text, key: text }),
      toChannelSearch({ channel: text }),
      toCostSearch({ call: text }),
      toSessionsSearch({ agent: text, user: text }),
      toSkillsSearch({ agent: text }),
      toDeliverySearch({ delivery: text }),
    ];
    for (const search of found) expect(search).toEqual({});
  });
});

test("ids in an address are taken", () => {
  const agent = fc.sample(id, 1)[0];
  expect(toBudgetsSearch({ agent, user: "nonsense" })).toEqual({ agent });
  expect(toSessionsSearch({ agent, user: "nonsense" })).toEqual({ agent });
});

test("what cannot be an id is no page, unless it is the word that a route takes beside ids", () => {
  const { parse } = idParam("agentId", "new");
  const agentId = "j57cbywe1te7fvzf26g0x3ftsd7vagd2";
  expect(parse({ agentId })).toEqual({ agentId });
  expect(parse({ agentId: "new" })).toEqual({ agentId: "new" });
  expect(refusalOf(() => parse({ agentId: "newer" }))).toSatisfy(isNotFound);
  expect(refusalOf(() => idParam("agentId").parse({ agentId: "new" }))).toSatisfy(isNotFound);
});

test("every route that has an id in its path checks it, and says so in its own place", () => {
  // A skill's id is a text of its publisher's, and its door says itself that there is none.
  const routes = Object.values(router.routesByPath).filter(
    ({ path }) => path.includes("Id") && !path.includes("$skillId"),
  );
  expect(routes.length).toBe(4);
  for (const { fullPath, options } of routes) {
    expect(options.params?.parse, fullPath).toBeDefined();
    expect(options.notFoundComponent, fullPath).toBeDefined();
  }
});

function refusalOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
