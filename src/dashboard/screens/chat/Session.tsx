import { useParams } from "@tanstack/react-router";
import type { Id } from "../../../../convex/_generated/dataModel";
import { Conversation } from "./Conversation";
import { NewSession } from "./NewSession";

/** One conversation, or the beginning of one. */
export function Session() {
  const { sessionId } = useParams({ from: "/signed-in/$tenant/chat/$sessionId" });
  if (sessionId === "new") return <NewSession />;
  return <Conversation key={sessionId} sessionId={sessionId as Id<"sessions">} />;
}
