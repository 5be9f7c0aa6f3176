/** A bare file server: a POST is written to a file and synced, a GET reads one. Its folder is given; prints its URL. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";

const [, , folder = "."] = process.argv;
const server = createServer((request, response) => {
  const serve = async () => {
    if (request.method === "GET") {
      await pipeline(createReadStream(join(folder, basename(request.url ?? ""))), response);
      return;
    }
    const name = randomUUID();
    await pipeline(request, createWriteStream(join(folder, name), { flush: true }));
    response.end(JSON.stringify({ name }));
  };
  void serve();
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
