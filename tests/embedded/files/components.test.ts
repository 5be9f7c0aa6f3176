/** Each instance of a component has files of its own. */
import { expect, test } from "vitest";
import { relay, serveComponents } from "../components/serving";

test("two instances of a component and the app see their own files only", async () => {
  const served = await serveComponents();
  const { read, write, act } = relay(served);
  const first = (await act("shelf.files.store", { text: "in the first" })) as string;
  const second = (await act("second.files.store", { text: "the second's" })) as string;

  expect(await act("shelf.files.read", { id: first })).toBe("in the first");
  expect(await act("second.files.read", { id: first })).toBeNull();
  expect(await read("second.files.url", { id: first })).toBeNull();
  await expect(write("second.files.remove", { id: first })).rejects.toThrow("not found");
  expect([await read("shelf.files.sizes"), await read("second.files.sizes")]).toEqual([[12], [12]]);

  const url = new URL((await read("shelf.files.url", { id: first })) as string);
  expect(url.searchParams.get("component")).toBe("shelf");
  expect(await (await fetch(url)).text()).toBe("in the first");
  for (const elsewhere of ["", "?component=second", "?component=shelf/stamps", "?component=none"]) {
    expect((await fetch(url.origin + url.pathname + elsewhere)).status, elsewhere).toBe(404);
  }

  await write("shelf.files.remove", { id: first });
  expect((await fetch(url)).status).toBe(404);
  expect(await act("second.files.read", { id: second })).toBe("the second's");
});

test("an upload goes to the component whose function gave the URL, also after a restart", async () => {
  const served = await serveComponents();
  const uploadUrl = (await relay(served).write("second.files.uploadUrl")) as string;
  const response = await fetch(uploadUrl, { method: "POST", body: "uploaded" });
  const { storageId: id } = (await response.json()) as { storageId: string };
  await served.restart();
  const { read, act } = relay(served);
  expect(await act("second.files.read", { id })).toBe("uploaded");
  expect([await read("shelf.files.sizes"), await read("second.files.sizes")]).toEqual([[], [8]]);
});
