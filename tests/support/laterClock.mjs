/** Loaded into a process that is to believe that LATER_BY_MS more have passed: as if the machine had been off so long. */
import { isMainThread } from "node:worker_threads";

const laterByMs = Number(process.env["LATER_BY_MS"] ?? 0);
// Threads watch durations only; what is stored has the main thread's time.
if (isMainThread && laterByMs > 0) {
  const RealDate = Date;
  const now = () => RealDate.now() + laterByMs;
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }
    static now() {
      return now();
    }
  };
}
