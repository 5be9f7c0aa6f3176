// @vitest-environment jsdom
/** What is typed is not lost, whatever becomes of the message. */
import { renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  sessionStorage.clear();
  vi.resetModules();
});

/** As a tab has it after a reload: only what is stored is left. */
const reloaded = async () => {
  vi.resetModules();
  return await import("../../../src/dashboard/screens/chat/drafts");
};
type Drafts = Awaited<ReturnType<typeof reloaded>>;
const contentAt = ({ useDraft }: Drafts, place: string) =>
  renderHook(() => useDraft(place)).result.current.content;

test("each place has its own, and a reload keeps them", async () => {
  const drafts = await reloaded();
  drafts.changeDraft("a", () => ({ content: "Hello" }));
  expect(contentAt(drafts, "b")).toBe("");
  expect(contentAt(await reloaded(), "a")).toBe("Hello");
});

test("what was sent is out of sight; nobody knows whether it arrived until there is an answer", async () => {
  const drafts = await reloaded();
  drafts.changeDraft("a", () => ({ content: "Hello" }));
  const sent = drafts.takeDraft("a");
  expect(contentAt(drafts, "a")).toBe("");
  const after = await reloaded();
  // With the same key it makes no second message.
  expect(after.takeDraft("a")).toEqual(sent);
  after.settleDraft("a", sent);
  expect(contentAt(await reloaded(), "a")).toBe("");
});

test("what was refused is there again with its files, before what was typed meanwhile", async () => {
  const drafts = await reloaded();
  const upload = { key: "1", name: "plan.pdf", storageId: null };
  drafts.changeDraft("a", () => ({ content: "Read this", uploads: [upload] }));
  const refused = drafts.takeDraft("a");
  drafts.putBackDraft("a", refused);
  expect(drafts.takeDraft("a")).toEqual(refused);
  drafts.changeDraft("a", () => ({ content: "and this" }));
  drafts.putBackDraft("a", refused);
  const { content, uploads, idempotencyKey } = drafts.takeDraft("a");
  expect([content, uploads]).toEqual(["Read this\nand this", [upload]]);
  expect(idempotencyKey).not.toBe(refused.idempotencyKey);
});
