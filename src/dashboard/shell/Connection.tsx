import { useConvexConnectionState } from "convex/react";
import { WifiOff } from "lucide-react";
import { useEffect, useState } from "react";

/** A moment without a connection is not worth a word. */
const PATIENCE_MS = 1_500;

/** Says when what is shown may be old, because the deployment cannot be reached. */
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
  const text = hasEverConnected ? "Reconnecting. What you see may be old." : "Connecting…";
  return (
    <div role="status">
      {isAway && (
        <p className="bg-warn-soft text-warn mb-4 flex items-center gap-2 rounded-md px-3 py-2">
          <WifiOff className="size-4" aria-hidden /> {text}
        </p>
      )}
    </div>
  );
}
