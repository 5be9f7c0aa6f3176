/** Calls within calls, their errors, and the routing of HTTP, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DRIVERS, EDGE_DIFFERENCES } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["calls"]![name]!;
const DATA = { code: "no", count: 2n };

describe.each(DRIVERS)("$name", ({ name: driver, open }) => {
  let t: Backend;
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  const namesOf = async (name: string) => (await t.query(fn("namesOf"), { name })) as string[];

  describe("errors", () => {
    test("keep their data for an action that catches them", async () => {
      expect(await t.action(fn("catchInAction"), { name: "acted" })).toMatchObject({
        isConvexError: true,
        data: DATA,
      });
      expect(await namesOf("acted")).toEqual([]);
    });

    test(EDGE_DIFFERENCES.nestedErrors, async () => {
      const caught = await t.mutation(fn("catchInMutation"), { name: "nested" });
      const expected = { isConvexError: true, data: DATA };
      expect(caught).toMatchObject(
        driver === "embedded" ? expected : { isConvexError: false, data: null },
      );
      expect(await namesOf("nested")).toEqual([]);
    });

    test("of a subclass carry their data to the caller outside", async () => {
      const error = await t.mutation(fn("refuse"), { name: "outside" }).catch((e: unknown) => e);
      expect(error).toMatchObject({ data: DATA });
    });

    test("of a query carry their data to an action", async () => {
      expect(await t.action(fn("queryInAction"))).toStrictEqual([1n, { deep: null }]);
    });

    test("that are no Error fail the function all the same", async () => {
      const error: unknown = await t.query(fn("throwText")).catch((thrown: unknown) => thrown);
      expect(error instanceof Error ? error.message : error).toContain("only text");
    });

    test("of arguments can be caught", async () => {
      expect(await t.mutation(fn("badArguments"))).toMatch(/validator/i);
    });
  });

  test("a failure three levels down is undone there and nowhere else", async () => {
    expect(await t.mutation(fn("outer"), { name: "levels" })).toEqual([
      "levels outer",
      "levels middle",
    ]);
    expect(await namesOf("levels")).toEqual(["levels outer", "levels middle"]);
  });

  test("mutations that an action starts together all happen", async () => {
    const names = (await t.action(fn("parallel"), { name: "together" })) as string[];
    expect(names.toSorted()).toEqual(["together 1", "together 2", "together 3"]);
  });

  describe("HTTP", () => {
    test.each([
      ["GET", "/routes/exact", "exact GET"],
      ["GET", "/routes/exactly", "prefix GET"],
      ["GET", "/routes/", "prefix GET"],
      ["GET", "/routes/longer/x", "longer prefix GET"],
      ["GET", "/routes/longer", "prefix GET"],
      ["PUT", "/routes/exact", "put PUT"],
      ["PATCH", "/routes/exact", "patch PATCH"],
      ["DELETE", "/routes/exact", "delete DELETE"],
      ["OPTIONS", "/routes/exact", "options OPTIONS"],
    ])("%s %s goes to the route that fits best", async (method, path, answer) => {
      expect(await (await t.fetch(path, { method })).text()).toBe(answer);
    });

    test("HEAD goes to the route of GET", async () => {
      const response = await t.fetch("/routes/exact", { method: "HEAD" });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-route")).toBe("exact");
    });

    test.each([
      ["POST", "/routes/exact"],
      ["GET", "/routes"],
      ["GET", "/"],
    ])("%s %s has no route", async (method, path) => {
      const response = await t.fetch(path, { method });
      expect(response.status).toBe(404);
    });

    test("bytes, headers and the address arrive as they were sent", async () => {
      const body = Uint8Array.from({ length: 256 }, (_, i) => i);
      const response = await t.fetch("/mirror?a=1&a=%20b%2B", {
        method: "POST",
        body,
        headers: {
          "Content-Type": "application/x-any",
          "X-Custom": "ca va",
        },
      });
      expect(response.status).toBe(202);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
      expect(response.headers.get("content-type")).toBe("application/x-any");
      expect(response.headers.get("x-custom")).toBe("ca va");
      expect(response.headers.get("x-search")).toBe("1+ b+");
    });

    test("forms are understood", async () => {
      const urlencoded = await t.fetch("/form", {
        method: "POST",
        body: new URLSearchParams({ a: "1", b: "é&=" }),
      });
      expect(await urlencoded.json()).toEqual({ a: "1", b: "é&=" });
      const form = new FormData();
      form.set("a", "x\ny");
      const multipart = await t.fetch("/form", { method: "POST", body: form });
      expect(await multipart.json()).toEqual({ a: "x\r\ny" });
    });

    test("a response may have no body", async () => {
      const response = await t.fetch("/nothing");
      expect(response.status).toBe(204);
      expect(await response.text()).toBe("");
    });
  });
});
