/** Talking to agents: the conversations beside, one of them open. */
import { Outlet, useParams } from "@tanstack/react-router";
import { cn } from "../../ui/classes";
import { SessionList } from "./SessionList";

export function Chat() {
  const { sessionId } = useParams({ strict: false });
  const isOpen = sessionId !== undefined;
  return (
    <div className="-m-4 grid h-[calc(100dvh-3.5rem)] md:-m-6 lg:grid-cols-[18rem_1fr]">
      {/* On a phone there is room for one of the two. */}
      <div className={cn("border-line min-h-0 border-r lg:block", isOpen && "hidden")}>
        <SessionList />
      </div>
      <div className={cn("min-h-0 min-w-0 lg:block", !isOpen && "hidden")}>
        <Outlet />
      </div>
    </div>
  );
}
