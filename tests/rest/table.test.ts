/** Route list = OpenAPI = permissions = doors: whatever one of them has, the others have. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentOf } from "../../convex/rest/native/document";
import { methodOf, operationIdOf, pathOf, type DoorRoute } from "../../convex/rest/native/route";
import { allRoutes } from "../../convex/rest/native/table";

const routes = await allRoutes();
const ofDoors = routes.filter((route): route is DoorRoute => "door" in route);

/** Public doors that no route calls, and why. */
const ABSENT: Readonly<Record<string, string>> = {
  "queries/agents:list": "`listPage` has the same agents in pages",
  "queries/agents:names":
    "`listPage` has the names, and all else; archived agents are got by their ids",
  "mutations/devices:approve": "a person's browser does it, at /auth/device",
  "mutations/devices:deny": "a person's browser does it, at /auth/device",
};

/** By name, the permission that each door checks: null where it asks for a person. */
function permissionsOfDoors(): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const kind of ["queries", "mutations", "actions"]) {
    for (const file of readdirSync(`convex/${kind}`)) {
      const text = readFileSync(`convex/${kind}/${file}`, "utf8");
      const pieces = text.split(/^export const (\w+) = (?:query|mutation|action)\(/m).slice(1);
      for (let at = 0; at < pieces.length; at += 2) {
        const body = pieces[at + 1] ?? "";
        const permission = /permission: "([a-z:]+)"/.exec(body)?.[1] ?? null;
        found.set(`${kind}/${file.replace(/\.ts$/, "")}:${pieces[at] ?? ""}`, permission);
      }
    }
  }
  return found;
}

describe("the routes", () => {
  const doors = permissionsOfDoors();

  test("ask for the permission that their door asks for", () => {
    expect(ofDoors.length).toBeGreaterThan(140);
    const wrong = ofDoors.filter(({ door, permission }) => doors.get(door.name) !== permission);
    expect(wrong.map(({ at, door }) => `${at}: ${door.name}`)).toEqual([]);
  });

  test("reach every public door, but for those that are left out for a reason", () => {
    const reached = new Set(ofDoors.map(({ door }) => door.name));
    const missing = [...doors.keys()].filter((name) => !reached.has(name));
    expect(missing.toSorted()).toEqual(Object.keys(ABSENT).toSorted());
  });

  test("are those of the OpenAPI document, each with its permission and a name of its own", () => {
    const document = documentOf(routes) as {
      paths: Record<string, Record<string, { operationId: string; "x-permission"?: string }>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        at: `${method} ${path}`,
        operation,
      })),
    );
    expect(described.map(({ at }) => at).toSorted()).toEqual(routes.map(({ at }) => at).toSorted());
    for (const { at, operation } of described) {
      const route = routes.find((one) => one.at === at);
      expect(operation["x-permission"] ?? null, at).toBe(route?.permission);
    }
    const names = new Set(routes.map(operationIdOf));
    expect(names.size).toBe(routes.length);
  });

  test("have no two that a request could mean, and none that another one hides", () => {
    const shapes = routes.map((route) =>
      `${methodOf(route)} ${pathOf(route)}`.replaceAll(/\{\w+\}/g, "{}"),
    );
    expect(shapes.length - new Set(shapes).size).toBe(0);
    const paths = routes.map((route) => pathOf(route));
    const twins = paths.filter((path) =>
      paths.some(
        (other) =>
          other !== path &&
          other.replaceAll(/\{\w+\}/g, "{}") === path.replaceAll(/\{\w+\}/g, "{}"),
      ),
    );
    expect(twins).toEqual([]);
    const hidden = routes.filter((route, at) => {
      const before = routes.slice(0, at).filter((other) => methodOf(other) === methodOf(route));
      return before.some((other) =>
        new RegExp(`^${pathOf(other).replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathOf(route)),
      );
    });
    expect(hidden.map(({ at }) => at)).toEqual([]);
  });

  test("say of every plain value how it is called", () => {
    const isObject = ({ type }: { type: string }) =>
      ["object", "array", "null", "id"].includes(type);
    const silent = ofDoors.filter(({ door, as }) => {
      const returns = door.returns();
      const members = returns.type === "union" ? returns.value : [returns];
      return as === undefined && !members.every(isObject);
    });
    expect(silent.map(({ at }) => at)).toEqual([]);
  });
});
