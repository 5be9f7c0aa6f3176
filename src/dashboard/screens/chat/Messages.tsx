import { memo, useState } from "react";
import type { Message as MessageRow } from "../../../client/react";
import { Message } from "./Message";

/**
 * React looks through all groups for those that have changed, and the browser for those in sight: fewer of them are looked
 * through sooner, smaller ones have less in them that is not in sight.
 */
const GROUP_SIZE = 10;

type Messages = { messages: readonly MessageRow[]; speaker: string };

/** In groups: what a piece of a reply costs must not grow with all that was said before it. */
export function Messages({ messages, speaker }: Messages) {
  return useGroups(messages).map((group) => (
    <Group key={group.nth} messages={group.messages} speaker={speaker} />
  ));
}

const Group = memo(
  function Group({ messages, speaker }: Messages) {
    return (
      <div className="space-y-6 [contain-intrinsic-size:auto_80rem] [content-visibility:auto]">
        {messages.map((message) => (
          <Message key={message._id} message={message} speaker={speaker} />
        ))}
      </div>
    );
  },
  (one, other) => one.speaker === other.speaker && isSame(one.messages, other.messages),
);

function isSame(some: readonly MessageRow[], others: readonly MessageRow[]): boolean {
  return some.length === others.length && some.every((message, at) => message === others[at]);
}

type Numbered = { nth: number; messages: readonly MessageRow[] };

/** Counted from a message that stays: those that come before or after it change no group but the first and the last. */
function useGroups(messages: readonly MessageRow[]): readonly Numbered[] {
  const [anchor, setAnchor] = useState(messages[0]?._id);
  const found = messages.findIndex(({ _id }) => _id === anchor);
  if (found === -1 && messages[0] !== undefined) setAnchor(messages[0]._id);
  const groups = new Map<number, MessageRow[]>();
  for (const [at, message] of messages.entries()) {
    const nth = Math.floor((at - Math.max(found, 0)) / GROUP_SIZE);
    const group = groups.get(nth);
    if (group === undefined) groups.set(nth, [message]);
    else group.push(message);
  }
  return [...groups].map(([nth, some]) => ({ nth, messages: some }));
}
