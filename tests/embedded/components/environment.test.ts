/** What components see in `process.env`, and what an app may declare. */
import { expect, test } from "vitest";
import { query, relay, serveComponents, componentsPush, Served } from "./serving";

type Variables = Record<string, string>;

test("a component sees what its parent gave it, and never the app's variables", async () => {
  const served = await serveComponents();
  const { read, act } = relay(served);
  const { siteUrl, apiUrl } = served.instance;
  const shelf = (await read("shelf.boxes.variables")) as { own: Variables; child: Variables };
  expect(shelf).toEqual({
    own: {
      GREETING: "hello",
      KIND: "first",
      CONVEX_CLOUD_URL: apiUrl,
      CONVEX_SITE_URL: `${siteUrl}/shelf`,
    },
    child: {
      GREETING: "hello",
      CONVEX_CLOUD_URL: apiUrl,
      CONVEX_SITE_URL: `${siteUrl}/shelf/stamps`,
    },
  });
  const second = (await read("second.boxes.variables")) as { own: Variables };
  expect(second.own).toMatchObject({ GREETING: "literal", KIND: "second" });
  expect(await act("shelf.boxes.variablesInAction")).toEqual(shelf.own);
  expect(await served.client.query(query("relay:variables"), {})).toMatchObject({
    SECRET: "the app's own",
  });
});

test("a change of the app's variable is seen at once, down to the components' components", async () => {
  const served = await serveComponents();
  const { read, act } = relay(served);
  expect(await read("shelf.boxes.variables")).toMatchObject({ own: { GREETING: "hello" } });
  await served.instance.runtime.setEnvironment({ GREETING: "good day" });
  expect(await read("shelf.boxes.variables")).toMatchObject({
    own: { GREETING: "good day" },
    child: { GREETING: "good day" },
  });
  expect(await act("shelf.boxes.variablesInAction")).toMatchObject({ GREETING: "good day" });
  expect(await read("second.boxes.variables")).toMatchObject({ child: { GREETING: "literal" } });
});

test("a variable that the app declares as required must be set before a push, and stay set", async () => {
  const served = await Served.open();
  await expect(served.deploy(await componentsPush())).rejects.toThrow(
    "Required environment variables are not set: GREETING.",
  );
  const { runtime } = served.instance;
  await runtime.setEnvironment({ GREETING: "hello", AUTH_PROVIDERS: "[]" });
  await served.deploy(await componentsPush());
  await expect(runtime.setEnvironment({ GREETING: null })).rejects.toThrow(
    "Cannot delete required environment variables: GREETING.",
  );
  await runtime.setEnvironment({ SECRET: "x" });
  await runtime.setEnvironment({ SECRET: null });
});
