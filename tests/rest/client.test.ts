/** The typed client against a deployment, and its types against the routes. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { typesOfApi, TYPES_PATH } from "../../scripts/openapi";
import { createClient, everyOf, RequestFailed } from "../../src/client/rest";
import { onEachDriver, setup, supportBot, tenantWith } from "../convex/setup";

test("its types are those of the routes as they are: npm run openapi", async () => {
  expect(readFileSync(TYPES_PATH, "utf8")).toBe(await typesOfApi());
});

onEachDriver(() => {
  describe("the client", () => {
    const clientOf = async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const scopes = ["agents:read" as const, "agents:write" as const];
      const { key } = await acme.as.action(api.actions.keys.create, { name: "Tests", scopes });
      const fetch = async (request: Request) => {
        const { pathname, search } = new URL(request.url);
        const body = request.body === null ? {} : { body: await request.text() };
        const init = { method: request.method, headers: Object.fromEntries(request.headers) };
        return await t.fetch(pathname + search, { ...init, ...body });
      };
      return createClient({ url: "https://example.convex.site/", apiKey: key, fetch });
    };

    test("makes, reads and lists", async () => {
      const client = await clientOf();
      for (const name of ["One", "Two", "Three"]) {
        const { data, response } = await client.POST("/agents", {
          body: { ...supportBot(), name },
        });
        expect(response.status).toBe(201);
        const agentId = data?._id ?? "";
        const read = await client.GET("/agents/{agentId}", { params: { path: { agentId } } });
        expect(read.data?.name).toBe(name);
      }
      const names: string[] = [];
      const read = (cursor: { cursor?: string }) =>
        client.GET("/agents", { params: { query: { limit: 2, ...cursor } } });
      for await (const { name } of everyOf(read)) names.push(name);
      expect(names).toEqual(["Three", "Two", "One"]);
    });

    test("tells what is refused, and why", async () => {
      const client = await clientOf();
      const params = { path: { agentId: "none" } };
      const { error } = await client.GET("/agents/{agentId}", { params });
      expect(error).toMatchObject({ kind: "not_found", status: 404 });
      const all = everyOf((cursor) => client.GET("/keys", { params: { query: cursor } }));
      await expect(all.next()).rejects.toThrow(RequestFailed);
    });
  });
});
