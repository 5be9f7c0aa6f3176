/** The processes that a turn needs beside this one: the simulator and the server, each with nothing else to do. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerEntry } from "../../src/providers/simulator/ledger";
import type { QueuedFault } from "../../src/providers/simulator/faults";
import { runCommand } from "../support/command";
import type { TurnServerOptions, TurnServerReady, Used } from "./turnServer";

export type SimulatorProcess = {
  openAiBaseUrl: string;
  fault(fault: QueuedFault): Promise<void>;
  lastCall(): Promise<LedgerEntry>;
  close(): Promise<void>;
};

export async function startSimulatorProcess(): Promise<SimulatorProcess> {
  const pace = ["--tokens-per-second", "Infinity", "--first-token-ms", "0"];
  const command = runCommand("src/providers/simulator/main.ts", ["--port", "0", ...pace]);
  const url = /http:\S+/.exec(await command.firstLine())?.[0];
  if (url === undefined) throw new Error("the simulator did not say where it is");
  return {
    openAiBaseUrl: `${url}/v1`,
    async fault(fault) {
      const body = JSON.stringify(fault);
      const reply = await fetch(`${url}/simulator/faults`, { method: "POST", body });
      if (!reply.ok) throw new Error(await reply.text());
    },
    async lastCall() {
      const reply = await fetch(`${url}/simulator/ledger`);
      const { entries } = (await reply.json()) as { entries: LedgerEntry[] };
      const last = entries.at(-1);
      if (last === undefined) throw new Error("the simulator was never called");
      return last;
    },
    async close() {
      await command.end("SIGKILL");
    },
  };
}

export type ServerProcess = TurnServerReady & {
  used(): Promise<Used>;
  close(): Promise<void>;
};

/** @param profile - A folder for a CPU profile of each of its threads. */
export async function startTurnServer(
  options: Omit<TurnServerOptions, "data">,
  profile: string | undefined,
): Promise<ServerProcess> {
  const data = mkdtempSync(join(tmpdir(), "bench-turns-"));
  const profiling = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile];
  const child = fork("tests/bench/turnServer.ts", [JSON.stringify({ ...options, data })], {
    execArgv: ["--import", "tsx", "--expose-gc", ...profiling],
  });
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the server has ended")));
  gone.catch(() => undefined); // Its end is no error once nobody waits for it.
  const ready = await next<TurnServerReady>();
  return {
    ...ready,
    async used() {
      const used = next<Used>();
      child.send("used");
      return await used;
    },
    async close() {
      child.send("end");
      await once(child, "exit");
      rmSync(data, { recursive: true, force: true });
    },
  };

  async function next<T>(): Promise<T> {
    const [message] = (await Promise.race([once(child, "message"), gone])) as [T];
    return message;
  }
}
