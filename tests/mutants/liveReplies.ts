/** What readers of a session see while a reply is written: one mistake each. */
import type { Mutant } from "./mutants";

const REDUCER = ["tests/src/client/reply.test.ts"];
const READERS = ["tests/e2e/liveReplies.test.tsx"];

export const LIVE_REPLIES: readonly Mutant[] = [
  {
    name: "live replies: a piece that comes twice is shown twice",
    file: "src/client/reply.ts",
    find: "messageId !== arrived.messageId || seq <= lastSeq",
    replace: "messageId !== arrived.messageId",
    tests: REDUCER,
  },
  {
    name: "live replies: what stands between two pages is left out",
    file: "src/client/reply.ts",
    find: "  if (afterSeq > arrived.lastSeq) return arrived;\n",
    replace: "",
    tests: REDUCER,
  },
  {
    name: "live replies: all that a run writes is one message",
    file: "src/client/reply.ts",
    find: "messageId !== arrived.messageId || seq <= lastSeq",
    replace: "seq <= lastSeq",
    tests: REDUCER,
  },
  {
    name: "live replies: a page without news is news",
    file: "src/client/reply.ts",
    find: "  if (lastSeq === arrived.lastSeq && hasCaughtUp === arrived.hasCaughtUp) return arrived;\n",
    replace: "",
    tests: REDUCER,
  },
  {
    name: "live replies: long reasoning is cut off once the reply is stored",
    file: "src/client/reply.ts",
    find: "thoughts.length > arrived.reasoning.length ?",
    replace: 'thoughts !== "" ?',
    tests: REDUCER,
  },
  {
    name: "live replies: the pieces are not given up for the stored text",
    file: "src/client/reply.ts",
    find: "isWritten(message) ? arrived.text : content",
    replace: 'arrived.text === "" ? content : arrived.text',
    tests: REDUCER,
  },
  {
    name: "live replies: a reply that was reloaded is shown before it is there",
    file: "src/client/reply.ts",
    find: "isLoading: isWritten(message) && !arrived.hasCaughtUp",
    replace: "isLoading: false",
    tests: READERS,
  },
  {
    name: "live replies: behind each new cursor there is nothing for a moment",
    file: "src/client/react.ts",
    find: "page === undefined ? before :",
    replace: "page === undefined ? nothingOf(messageId) :",
    tests: READERS,
  },
  {
    name: "live replies: the next message begins with the text of the last",
    file: "src/client/react.ts",
    find: "kept.messageId === message._id ? kept : nothingOf(message._id)",
    replace: "{ ...kept, messageId: message._id }",
    tests: READERS,
  },
  {
    name: "live replies: messages stand upside down",
    file: "src/client/react.ts",
    find: "results.toReversed()",
    replace: "[...results]",
    tests: READERS,
  },
  {
    name: "live replies: a plain client stops behind the first page",
    file: "src/client/session.ts",
    find: "if (this.arrived.lastSeq > afterSeq) {",
    replace: "if (this.arrived.lastSeq < afterSeq) {",
    tests: READERS,
  },
  {
    name: "live replies: a plain client is told on after it has stopped",
    file: "src/client/session.ts",
    find: "    stopListing();\n",
    replace: "",
    tests: READERS,
  },
];
