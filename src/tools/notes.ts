/** What an agent wants to remember of a conversation, longer than it reads back. */
import { NOTE_NAME_CHARS_MAX, NOTE_TEXT_CHARS_MAX, NOTES_PER_SESSION_MAX } from "../core/tools";
import { ToolFailure, type Note, type SessionNotes, type Tool } from "./tool";

const BEGINNING_CHARS = 200;

export const notes: Tool = {
  name: "notes",
  description:
    "Keeps notes for this conversation: facts, decisions and open questions that must not be forgotten. " +
    '"write" keeps a note under a name, in place of what stood there; "read" tells one note whole, or without a name ' +
    'the beginnings of all; "remove" deletes one. People of the conversation can read them.',
  inputSchema: {
    type: "object",
    properties: {
      action: { enum: ["write", "read", "remove"] },
      name: {
        type: "string",
        minLength: 1,
        maxLength: NOTE_NAME_CHARS_MAX,
        description: 'Such as "delivery address".',
      },
      text: { type: "string", minLength: 1, maxLength: NOTE_TEXT_CHARS_MAX },
    },
    required: ["action"],
    additionalProperties: false,
  },
  // Under a name stands what was written last: writing it again changes nothing.
  toolClass: "idempotent",
  timeoutMs: 10_000,
  async run({ action, name, text }, { notes: kept }) {
    if (action === "read" && name === undefined) return listed(await kept.list());
    const of = given("name", name);
    switch (action) {
      case "write":
        return await written(kept, { name: of, text: given("text", text) });
      case "remove":
        await kept.remove(of);
        return `There is no note "${of}" any more.`;
      default:
        return whole(await kept.list(), of);
    }
  },
};

function given(argument: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") {
    throw new ToolFailure(`This needs a ${argument}.`);
  }
  return value.trim();
}

async function written(kept: SessionNotes, note: Note): Promise<string> {
  if (await kept.write(note)) return `Noted under "${note.name}".`;
  const most = `${NOTES_PER_SESSION_MAX} notes are kept`;
  throw new ToolFailure(`No more than ${most}: remove one, or write under the name of one.`);
}

function listed(all: readonly Note[]): string {
  if (all.length === 0) return "There are no notes yet.";
  return all.map(({ name, text }) => `${name}: ${beginningOf(text)}`).join("\n");
}

function beginningOf(text: string): string {
  return text.length <= BEGINNING_CHARS ? text : `${text.slice(0, BEGINNING_CHARS)}…`;
}

function whole(all: readonly Note[], name: string): string {
  const note = all.find((each) => each.name === name);
  if (note === undefined) throw new ToolFailure(`There is no note "${name}".`);
  return note.text;
}
