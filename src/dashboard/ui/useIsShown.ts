import { useCallback, useEffect, useRef } from "react";

/** Whether the component is still on the screen, for what an answer that comes late would do. */
export function useIsShown(): () => boolean {
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return useCallback(() => isShown.current, []);
}
