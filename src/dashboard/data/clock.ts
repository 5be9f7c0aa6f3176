import { useEffect, useState } from "react";

const MINUTE_MS = 60_000;

/**
 * A moment in the present minute, for doors that tell "today" and "this month" from it: a query's answer is kept until
 * its rows change, and does not notice that a day has ended.
 */
export function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / MINUTE_MS));
  useEffect(() => {
    const timer = setInterval(() => setMinute(Math.floor(Date.now() / MINUTE_MS)), MINUTE_MS / 4);
    return () => clearInterval(timer);
  }, []);
  return minute * MINUTE_MS;
}

const PER_HOUR = 60;

/** As `useMinute`, by the hour: no tenant's day ends within one, but for zones half an hour off. */
export function useHalfHour(): number {
  const minute = useMinute();
  return minute - (minute % ((PER_HOUR / 2) * MINUTE_MS));
}
