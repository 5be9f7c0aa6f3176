/** The scheduler and handles across components. */
import { expect, test } from "vitest";
import { componentsPush, mutation, query, relay, type Served, serveComponents } from "./serving";

type Job = { _id: string; name: string; state: { kind: string } };
const HOUR_MS = 3_600_000;

async function handleOf({ client }: Served, path: string): Promise<string> {
  return (await client.query(query("relay:handle"), { path })) as string;
}

function states(jobs: unknown): [name: string, state: string][] {
  return (jobs as Job[]).map(({ name, state }) => [name, state.kind]);
}

test("a job is its scheduler's, whosever function it runs", async () => {
  const served = await serveComponents();
  const { read } = relay(served);
  const args = { path: "shelf.boxes.add", args: { label: "later" }, afterMs: 0 };
  await served.client.mutation(mutation("relay:later"), args);
  await expect.poll(() => read("shelf.boxes.list")).toEqual(["later"]);
  expect(await read("shelf.boxes.jobs")).toEqual([]);
  const [job, ...others] = (await served.client.query(query("relay:jobs"), {})) as Job[];
  expect(others).toEqual([]);
  expect(Object.keys(job!).sort()).toEqual([
    "_creationTime",
    "_id",
    "args",
    "completedTime",
    "name",
    "scheduledTime",
    "state",
  ]);
  expect(job).toMatchObject({ name: "boxes.js:add", state: { kind: "success" } });
});

test("a component schedules the app's function by its handle", async () => {
  const served = await serveComponents();
  const { read, write, notes } = relay(served);
  const handle = await handleOf(served, "relay.addNote");
  await write("shelf.boxes.callBackLater", { handle, args: { text: "done" }, afterMs: 0 });
  await expect.poll(notes).toEqual(["done"]);
  expect(states(await read("shelf.boxes.jobs"))).toEqual([["relay.js:addNote", "success"]]);
});

test("a job can be canceled by the component that scheduled it, and by no other", async () => {
  const served = await serveComponents();
  const { read, write, notes } = relay(served);
  const handle = await handleOf(served, "relay.addNote");
  const args = { handle, args: { text: "never" }, afterMs: HOUR_MS };
  const id = await write("shelf.boxes.callBackLater", args);
  await write("second.boxes.cancel", { id });
  expect(states(await read("shelf.boxes.jobs"))).toEqual([["relay.js:addNote", "pending"]]);
  await write("shelf.boxes.cancel", { id });
  expect(states(await read("shelf.boxes.jobs"))).toEqual([["relay.js:addNote", "canceled"]]);
  expect(await notes()).toEqual([]);
});

test("jobs across components and handles outlive a restart", async () => {
  const served = await serveComponents();
  const handle = await handleOf(served, "second.boxes.add");
  await served.client.mutation(mutation("relay:later"), {
    path: "shelf.boxes.add",
    args: { label: "after" },
    afterMs: 400,
  });
  await served.restart();
  const { read } = relay(served);
  await expect.poll(() => read("shelf.boxes.list")).toEqual(["after"]);
  const byHandle = { handle, args: { label: "by handle" } };
  await served.client.mutation(mutation("relay:byHandle"), byHandle);
  expect(await read("second.boxes.list")).toEqual(["by handle"]);
});

/** The push without the component `second`. */
async function pushWithoutSecond() {
  const push = await componentsPush();
  const definitions = push.definitions.map((source) => {
    if (source.definitionPath !== "" || source.definition === null) return source;
    const text = source.definition.source.replace(
      /^app\.use\(shelf\w*, \{\s*name: "second"/m,
      (use) => use.replace("app.use(", "((_definition, _options) => {})("),
    );
    expect(text).not.toBe(source.definition.source);
    return { ...source, definition: { ...source.definition, source: text } };
  });
  return { definitions };
}

test("a component that is no longer used keeps its rows for when it is used again", async () => {
  const served = await serveComponents();
  const { read, write } = relay(served);
  await write("second.boxes.add", { label: "kept" });
  const handle = await handleOf(served, "second.boxes.list");
  const again = await handleOf(served, "second.boxes.add");
  expect(handle).not.toBe(again);
  await served.deploy(await pushWithoutSecond());

  await expect(read("second.boxes.list")).rejects.toThrow('Child component "second" not found');
  const call = { handle: again, args: { label: "x" } };
  await expect(served.client.mutation(mutation("relay:byHandle"), call)).rejects.toThrow(
    'Function handle not found: the component "second" is not mounted.',
  );
  await served.deploy(await componentsPush());
  await served.client.mutation(mutation("relay:byHandle"), call);
  expect(await read("second.boxes.list")).toEqual(["kept", "x"]);
});
