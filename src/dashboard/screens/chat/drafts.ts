/**
 * What is being said, by where: it is there again when somebody has looked elsewhere meanwhile, and after a reload of
 * the tab. What was sent stays stored until the deployment has it.
 */
import { useCallback, useSyncExternalStore } from "react";
import type { Id } from "../../../../convex/_generated/dataModel";

export type Upload = { key: string; name: string; storageId: Id<"_storage"> | null };
export type Uploaded = { name: string; storageId: Id<"_storage"> };

/** The key makes it safe to say it again when the answer got lost; another content has another one. */
export type Draft = {
  readonly content: string;
  readonly uploads: readonly Upload[];
  readonly idempotencyKey: string;
};

const NOTHING: Draft = { content: "", uploads: [], idempotencyKey: "" };
const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

const nameOf = (place: string) => `draft ${place}`;

function draftAt(place: string): Draft {
  const known = drafts.get(place) ?? storedAt(place);
  drafts.set(place, known);
  return known;
}

/** Written by this file alone. */
function storedAt(place: string): Draft {
  const stored = sessionStorage.getItem(nameOf(place));
  return stored === null ? NOTHING : (JSON.parse(stored) as Draft);
}

function show(place: string, draft: Draft): void {
  drafts.set(place, draft);
  for (const listener of listeners) listener();
}

export function changeDraft(place: string, change: (was: Draft) => Partial<Draft>): void {
  const was = draftAt(place);
  const draft = { ...was, ...change(was), idempotencyKey: crypto.randomUUID() };
  store(place, draft);
  show(place, draft);
}

function store(place: string, draft: Draft): void {
  // What is under way when the tab is left never arrives.
  const uploads = draft.uploads.filter(({ storageId }) => storageId !== null);
  if (draft.content === "" && uploads.length === 0) sessionStorage.removeItem(nameOf(place));
  else sessionStorage.setItem(nameOf(place), JSON.stringify({ ...draft, uploads }));
}

/** The draft, which is gone from sight: it is being sent. */
export function takeDraft(place: string): Draft {
  const draft = draftAt(place);
  show(place, NOTHING);
  return draft;
}

/** The deployment has it. */
export function settleDraft(place: string, { idempotencyKey }: Draft): void {
  if (storedAt(place).idempotencyKey === idempotencyKey) sessionStorage.removeItem(nameOf(place));
}

/** It was not sent: it is there again, before what was typed meanwhile. */
export function putBackDraft(place: string, draft: Draft): void {
  const now = draftAt(place);
  if (now.content === "" && now.uploads.length === 0) return show(place, draft);
  changeDraft(place, () => ({
    content: [draft.content, now.content].filter(Boolean).join("\n"),
    uploads: [...draft.uploads, ...now.uploads],
  }));
}

export function useDraft(place: string): Draft {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => draftAt(place), [place]),
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
