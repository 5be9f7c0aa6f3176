/** What the dashboard's port does with requests that no browser of ours sends. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serveDashboard } from "../../../src/cli/dashboard/serve";

async function statusOf(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end();
  });
}

const urls = { apiUrl: "http://127.0.0.1:1", siteUrl: "http://127.0.0.1:2" };
const makeLink = () => Promise.resolve("token");

test("an address that is none is refused, and the next request is answered; before it is ready, it says so", async () => {
  const server = await serveDashboard({ port: 0 });
  expect(await statusOf(server.url, "/")).toBe(503);
  server.show({ folder: "src/dashboard", ...urls, makeLink });
  expect(await statusOf(server.url, "//")).toBe(400);
  expect(await statusOf(server.url, "/deployment.json")).toBe(200);
  expect(await statusOf(server.url, "/enter?key=guessed")).toBe(403);
  await server.close();
});

test("ranges that are none, parts that are gone and a folder that was removed end requests, and not the server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dashboard-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  await writeFile(join(folder, "assets", "a.js"), "export {};");
  const server = await serveDashboard({ port: 0 });
  server.show({ folder, ...urls, makeLink });
  expect(await statusOf(server.url, "/assets/a.js", { Range: "bytes=5-2" })).toBe(200);
  expect(await statusOf(server.url, "/demo/chat/new")).toBe(200);
  // The page in its place would be run as a program.
  expect(await statusOf(server.url, "/assets/b.js")).toBe(404);
  expect(await statusOf(server.url, "/../package.json")).toBe(404);
  await rm(folder, { recursive: true });
  expect(await statusOf(server.url, "/assets/a.js")).toBe(404);
  expect(await statusOf(server.url, "/")).toBe(404);
  expect(await statusOf(server.url, "/deployment.json")).toBe(200);
  await server.close();
});
