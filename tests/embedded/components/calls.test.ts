/** Calling into components: what is reachable, what a failure undoes, who is seen as the caller. */
import { ConvexClient } from "convex/browser";
import { expect, onTestFinished, test } from "vitest";
import { makeIssuer } from "../server/issuer";
import { RawClient } from "../server/rawClient";
import { mutation, query, relay, serveComponents } from "./serving";

test("instances of one component do not see each other's rows", async () => {
  const served = await serveComponents();
  const { read, write } = relay(served);
  await write("shelf.boxes.add", { label: "a" });
  await write("second.boxes.add", { label: "b" });
  expect(await read("shelf.boxes.list")).toEqual(["a"]);
  expect(await read("second.boxes.list")).toEqual(["b"]);
  expect(await served.run("boxes:list", {}, "second")).toEqual(["b"]);
});

test("an id of one component means nothing in another", async () => {
  const served = await serveComponents();
  const { read, write } = relay(served);
  const id = await write("shelf.boxes.add", { label: "a" });
  expect(await read("shelf.boxes.get", { id })).toMatchObject({ label: "a" });
  expect(await read("second.boxes.get", { id })).toBeNull();
  await expect(write("second.boxes.replace", { id, label: "x" })).rejects.toThrow();
  expect(await read("shelf.boxes.get", { id })).toMatchObject({ label: "a" });
});

test("a component calls its own child, and only the app's children are the app's to call", async () => {
  const served = await serveComponents();
  const { read, write } = relay(served);
  expect(await write("shelf.boxes.stamp", { text: "x" })).toEqual(["x"]);
  expect(await write("shelf.boxes.stamp", { text: "y" })).toEqual(["x", "y"]);
  expect(await write("second.boxes.stamp", { text: "z" })).toEqual(["z"]);
  expect(await served.run("prints:list", {}, "shelf/stamps")).toEqual(["x", "y"]);
  await expect(read("stamps.prints.list")).rejects.toThrow('Child component "stamps" not found');
});

test("only public functions of a component can be called from outside it", async () => {
  const served = await serveComponents();
  const { write } = relay(served);
  await expect(write("shelf.boxes.hidden")).rejects.toThrow(
    'Child component "shelf" does not export ["boxes","hidden"]',
  );
  await expect(write("shelf.boxes.missing")).rejects.toThrow("does not export");
  expect(await write("shelf.boxes.callHidden")).toBe("seen");
});

test("clients reach no component, and an admin every one", async () => {
  const served = await serveComponents();
  const socket = await RawClient.connect(served.instance.apiUrl);
  onTestFinished(() => socket.close());
  // The clients of npm name no component; the protocol has a place for it.
  socket.send({
    type: "ModifyQuerySet",
    baseVersion: 0,
    newVersion: 1,
    modifications: [
      { type: "Add", queryId: 1, udfPath: "boxes:list", args: [{}], componentPath: "shelf" },
    ],
  });
  const { modifications } = await socket.next();
  expect(modifications).toEqual([
    expect.objectContaining({
      type: "QueryFailed",
      errorMessage: expect.stringContaining("Could not find public function for 'boxes:list'"),
    }),
  ]);
  await expect(served.client.query(query("boxes:list"), {})).rejects.toThrow(
    "Could not find public function",
  );
  expect(await served.run("boxes:hidden", {}, "shelf")).toBe("seen");
});

test("a nested mutation that fails undoes its own writes, its children's and its jobs, nothing else", async () => {
  const served = await serveComponents();
  const { read, write, notes } = relay(served);
  const outcomes = await served.client.mutation(mutation("relay:tryAll"), {
    calls: [
      { path: "shelf.boxes.add", args: { label: "kept" } },
      { path: "shelf.boxes.addThenFail", args: { label: "lost" } },
      { path: "second.boxes.add", args: { label: "also kept" } },
    ],
  });
  expect(outcomes).toEqual([
    expect.any(String),
    expect.stringContaining("no room for lost"),
    expect.any(String),
  ]);
  expect(await read("shelf.boxes.list")).toEqual(["kept"]);
  expect(await read("second.boxes.list")).toEqual(["also kept"]);
  expect(await served.run("prints:list", {}, "shelf/stamps")).toEqual([]);
  expect(await read("shelf.boxes.jobs")).toEqual([]);
  expect(await notes()).toEqual(["shelf.boxes.add", "shelf.boxes.addThenFail", "second.boxes.add"]);
  await expect(write("shelf.boxes.addThenFail", { label: "lost" })).rejects.toThrow();
  expect(await read("shelf.boxes.list")).toEqual(["kept"]);
});

test("a component does not learn who called, nor does what it calls back", async () => {
  const served = await serveComponents();
  const { provider, sign } = await makeIssuer();
  await served.instance.runtime.setEnvironment({ AUTH_PROVIDERS: JSON.stringify([provider]) });
  served.client.setAuth(await sign({ subject: "ann" }));
  const { read, write, act } = relay(served);
  expect(await served.client.query(query("relay:whoami"), {})).toBe("ann");
  expect(await read("shelf.boxes.whoami")).toBeNull();
  expect(await act("shelf.boxes.addFromAction", { label: "x" })).toBeNull();

  const args = { text: "x" };
  const handle = await served.client.query(query("relay:handle"), { path: "relay.addNote" });
  expect(await served.client.mutation(mutation("relay:byHandle"), { handle, args })).toBe("ann");
  expect(await write("shelf.boxes.callBack", { handle, args })).toBeNull();
});

test("actions of components run their queries and mutations in their own tables", async () => {
  const served = await serveComponents();
  const { read, act } = relay(served);
  await act("second.boxes.addFromAction", { label: "x" });
  expect(await read("second.boxes.list")).toEqual(["x"]);
  expect(await read("shelf.boxes.list")).toEqual([]);
  expect(await served.run("prints:list", {}, "second/stamps")).toEqual(["x"]);
});

test("instances share code, and nothing that the code keeps in variables", async () => {
  const { act } = relay(await serveComponents());
  expect(await act("shelf.boxes.countInModule")).toBe(1);
  expect(await act("shelf.boxes.countInModule")).toBe(2);
  expect(await act("second.boxes.countInModule")).toBe(1);
});

test("calls nest eight deep, and the ninth fails without a trace", async () => {
  const { write } = relay(await serveComponents());
  // The app's own call is the first.
  expect(await write("shelf.boxes.nest", { left: 7 })).toBe(7);
  await expect(write("shelf.boxes.nest", { left: 8 })).rejects.toThrow(
    "Cross component call depth limit exceeded",
  );
});

test("paginate() is refused in components, as at Convex", async () => {
  const { read } = relay(await serveComponents());
  await expect(read("shelf.boxes.page")).rejects.toThrow("paginate() is only supported in the app");
});

test("live queries see what components write, and only what they have read", async () => {
  const served = await serveComponents();
  const { write } = relay(served);
  const socket = new ConvexClient(served.instance.apiUrl);
  onTestFinished(() => socket.close());
  const seen: unknown[] = [];
  const args = { path: "shelf.boxes.list", args: {} };
  socket.onUpdate(query("relay:read"), args, (value) => void seen.push(value));
  await expect.poll(() => seen).toEqual([[]]);
  await write("second.boxes.add", { label: "elsewhere" });
  await write("shelf.boxes.add", { label: "here" });
  await expect.poll(() => seen).toEqual([[], ["here"]]);
});

test("a query of a stale snapshot sees what was there before its mutation", async () => {
  const { client } = await serveComponents();
  const look = (text: string) => client.mutation(mutation("relay:addAndLook"), { text });
  expect(await look("a")).toEqual([[], ["a"]]);
  expect(await Promise.all([look("b"), look("c")])).toEqual([
    [["a"], ["a", "b"]],
    [
      ["a", "b"],
      ["a", "b", "c"],
    ],
  ]);
});
