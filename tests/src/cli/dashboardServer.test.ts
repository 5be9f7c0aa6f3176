/** What the dashboard's port does with requests that no browser of ours sends. */
import { request } from "node:http";
import { expect, test } from "vitest";
import { serveDashboard } from "../../../src/cli/dashboard/serve";

async function statusOf(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("an address that is none is refused, and the next request is answered; before it is ready, it says so", async () => {
  const server = await serveDashboard({ port: 0 });
  expect(await statusOf(server.url, "/")).toBe(503);
  const urls = { apiUrl: "http://127.0.0.1:1", siteUrl: "http://127.0.0.1:2" };
  server.show({ folder: "src/dashboard", ...urls, makeLink: () => Promise.resolve("token") });
  expect(await statusOf(server.url, "//")).toBe(400);
  expect(await statusOf(server.url, "/deployment.json")).toBe(200);
  expect(await statusOf(server.url, "/enter?key=guessed")).toBe(403);
  await server.close();
});
