/** HTTP routes of components, below the prefixes that their parents mount them at. */
import { expect, test } from "vitest";
import { relay, serveComponents } from "./serving";

test("requests go to the component that is mounted at their prefix", async () => {
  const served = await serveComponents();
  const { siteUrl } = served.instance;
  const get = async (path: string) => {
    const response = await fetch(siteUrl + path);
    const text = await response.text();
    return [response.status, text.startsWith("{") ? (JSON.parse(text) as unknown) : text];
  };
  await relay(served).write("shelf.boxes.add", { label: "a" });

  expect(await get("/shelf/boxes")).toEqual([
    200,
    { path: "/shelf/boxes", site: `${siteUrl}/shelf`, labels: ["a"] },
  ]);
  expect(await get("/shelf/stamps/ping/x?y")).toEqual([
    200,
    { path: "/shelf/stamps/ping/x", site: `${siteUrl}/shelf/stamps` },
  ]);
  // The app's prefix is for its own routes, not for its children's.
  expect(await get("/app/hello")).toEqual([200, { path: "/app/hello", site: siteUrl }]);
  expect(await get("/app/shelf/boxes")).toEqual([404, "No matching routes found"]);
  expect(await get("/shelf/missing")).toEqual([404, "No matching routes found"]);
  const [status, message] = await get("/hello");
  expect([status, message]).toEqual([
    404,
    "This Convex deployment does not have HTTP actions enabled.",
  ]);
  const head = await fetch(`${siteUrl}/shelf/boxes`, { method: "HEAD" });
  expect(head.status).toBe(200);
});
