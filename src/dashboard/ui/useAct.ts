import { useCallback } from "react";
import { tellFailure } from "./tell";

/** Does something and says when it did not work. What it changes is seen on the screen. */
export function useAct(): (act: () => Promise<unknown>) => Promise<void> {
  return useCallback(async (act) => {
    try {
      await act();
    } catch (error) {
      tellFailure(error);
    }
  }, []);
}
