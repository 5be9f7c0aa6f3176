/** Behind a proxy: functions and clients are told the proxy's addresses, the server listens at its own. */
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { expect, onTestFinished, test } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { openInstance } from "../../../src/embedded/instance";
import { temporaryFolder } from "../clients/projectCopy";

test("URLs of files, variables and the canonical URLs have the origins that were given", async () => {
  const instance = await openInstance({
    data: await temporaryFolder(),
    port: 0,
    sitePort: 0,
    origin: "https://api.example.com",
    siteOrigin: "https://site.example.com",
  });
  onTestFinished(() => instance.close());
  await instance.runtime.deploy(await bundleProject("tests/fixtures/projects/conformance"));
  const client = new ConvexHttpClient(instance.apiUrl, { logger: false });
  const uploadUrl = makeFunctionReference<"mutation", Record<string, never>, string>(
    "files:uploadUrl",
  );
  const url = new URL(await client.mutation(uploadUrl, {}));
  expect(url.origin).toBe("https://api.example.com");

  const behindTheProxy = instance.apiUrl + url.pathname + url.search;
  const response = await fetch(behindTheProxy, { method: "POST", body: "x" });
  const { storageId: id } = (await response.json()) as { storageId: string };
  const fileUrl = makeFunctionReference<"query", { id: string }, string>("files:url");
  expect(await client.query(fileUrl, { id })).toMatch(
    /^https:\/\/api\.example\.com\/api\/storage\//,
  );

  const canonical = await fetch(`${instance.apiUrl}/api/v1/get_canonical_urls`);
  expect(await canonical.json()).toEqual({
    convexCloudUrl: "https://api.example.com",
    convexSiteUrl: "https://site.example.com",
  });
});
