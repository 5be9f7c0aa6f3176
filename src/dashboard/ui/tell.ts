import { toast } from "sonner";
import { messageOf } from "../data/failures";

/** Says what went wrong, until the person has read it and closes it. */
export function tell(problem: string): void {
  toast.error(problem, { duration: Infinity });
}

/** @param error - What an act of the person was answered with. */
export function tellFailure(error: unknown): void {
  tell(messageOf(error));
}
