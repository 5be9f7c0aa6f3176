import { useConvexConnectionState } from "convex/react";
import { WifiOff } from "lucide-react";
import { useEffect, useState } from "react";

/** A moment without a connection is not worth a word. */
const PATIENCE_MS = 1_500;

/**
 * Says when what is shown may be old, or cannot come, because the deployment cannot be reached. Over the page, so that
 * nothing moves.
 */
export function Connection() {
  const { isWebSocketConnected, hasEverConnected } = useConvexConnectionState();
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    if (isWebSocketConnected) return;
    const timer = setTimeout(() => setAway(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setAway(false);
    };
  }, [isWebSocketConnected]);
  const text = hasEverConnected
    ? "Reconnecting. What you see may be old."
    : "The deployment does not answer yet.";
  return (
    <div role="status" className="pointer-events-none fixed inset-x-2 top-16 z-50">
      {isAway && (
        <p className="bg-warn-soft text-warn border-warn mx-auto flex w-fit items-center gap-2 rounded-md border px-3 py-2 shadow">
          <WifiOff className="size-4" aria-hidden /> {text}
        </p>
      )}
    </div>
  );
}
