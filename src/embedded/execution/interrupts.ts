/**
 * Ctrl-C, for those who end cleanly. A listener of `process` for SIGINT costs each run that can be broken off by
 * it; while a watchdog holds the signal (see `watchdog.ts`), it tells these handlers itself.
 */
const handlers = new Set<() => void>();
/** How many watchdogs hold the signal now. */
let holders = 0;
let isListening = false;

/** As `process.on("SIGINT", handler)`. @returns What takes the handler away. */
export function onInterrupt(handler: () => void): () => void {
  handlers.add(handler);
  listenOrNot();
  return () => {
    handlers.delete(handler);
    listenOrNot();
  };
}

/** Whether somebody else in this process listens for SIGINT: it is not to be held then. */
export function isListenedForElsewhere(): boolean {
  return process.listenerCount("SIGINT") > (isListening ? 1 : 0);
}

/** Before a watchdog holds the signal, and after it did. */
export function noteHolder(change: 1 | -1): void {
  holders += change;
  listenOrNot();
}

/** What the signal does in this process: it came while nothing ran that it could break off. */
export function interrupt(): void {
  if (handlers.size === 0) process.kill(process.pid, "SIGINT");
  for (const handler of handlers) handler();
}

function listenOrNot(): void {
  const shallListen = handlers.size > 0 && holders === 0;
  if (shallListen === isListening) return;
  isListening = shallListen;
  if (shallListen) process.on("SIGINT", interrupt);
  else process.off("SIGINT", interrupt);
}
