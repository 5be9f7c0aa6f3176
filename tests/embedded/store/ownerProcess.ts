/**
 * A process that opens the folder named on its command line and says how that went: "owner", or
 * "refused <kind> <message>". As owner it commits one setting after another, "stored <n>" each, until
 * it is killed or its input ends.
 */
import { openStore } from "../../../src/embedded/store/sqlite";
import { StoreError } from "../../../src/embedded/store/store";

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
try {
  const store = openStore(process.argv[2] ?? "");
  console.log("owner");
  let n = 0;
  setInterval(() => {
    n++;
    store.begin();
    store.setSetting("n", String(n));
    store.commit(store.lastTsMicros() + 1);
    console.log(`stored ${n}`);
  }, 1);
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  console.log(`refused ${error.kind} ${error.message}`);
}
