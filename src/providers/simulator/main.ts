/** Runs the simulator by itself: `npx tsx src/providers/simulator/main.ts --port 8900 --tokens-per-second 60`. */
import { Command } from "commander";
import { startSimulator } from "./server";

const options = new Command("simulator")
  .description("A local server that speaks the wire formats of Anthropic, OpenAI and Gemini.")
  .option("--port <port>", "port to listen on; 0 for any that is free", Number, 8900)
  .option("--host <host>", "address to listen on", "127.0.0.1")
  .option("--tokens-per-second <number>", "pace of the replies", Number, 60)
  .option("--first-token-ms <ms>", "how long the first token takes", Number, 300)
  .parse()
  .opts<{ port: number; host: string; tokensPerSecond: number; firstTokenMs: number }>();

const simulator = await startSimulator(options);
console.log(`The simulator answers at ${simulator.url}

  Anthropic   ANTHROPIC_BASE_URL=${simulator.anthropicBaseUrl}
  OpenAI      OPENAI_BASE_URL=${simulator.openAiBaseUrl}
  Gemini      GOOGLE_BASE_URL=${simulator.googleBaseUrl}
  Ledger      ${simulator.url}/simulator/ledger

Any key is accepted, except "invalid".`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void simulator.close();
  });
}
