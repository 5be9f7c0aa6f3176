/**
 * Whatever is sent, the answer is one that the document describes: over a socket, to the embedded runtime. By default
 * 500 requests; `npm run fuzz:rest` sends 20,000 of another seed each time.
 */
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import { documentOf } from "../../../convex/rest/native/document";
import { allRoutes } from "../../../convex/rest/native/table";
import { PERMISSIONS } from "../../../src/core/permissions";
import type { Backend } from "../../convex/drivers";
import { entered, givePassword } from "../../convex/signIn";
import { Contract, type Document } from "../contract";
import { openSocket } from "../socket";
import { openWorld } from "../specimens";
import { anyRequest, type Callers, type Known, type Request } from "./requests";

const COUNT = Number(process.env["REST_FUZZ_REQUESTS"] ?? 500);
const SEED = Number(process.env["REST_FUZZ_SEED"] ?? (COUNT > 500 ? Date.now() % 2 ** 31 : 7));
/** Requests delete what they find: so often there is a new tenant with a row of everything. */
const PER_WORLD = 150;
const AT_ONCE = 8;
const LIMITS = { read: 1e9, write: 1e9, model: 1e9 };

type Fault = { fault: string; request: Request; answer: string };

test(
  `${COUNT} requests are answered as the document says`,
  async () => {
    const { t, siteUrl, close } = await openSocket({ API_RATE_LIMITS: JSON.stringify(LIMITS) });
    const contract = new Contract(documentOf(await allRoutes()) as Document);
    const statuses = new Map<number, number>();
    const faults: Fault[] = [];
    for (let sent = 0, world = 0; sent < COUNT; sent += PER_WORLD, world++) {
      const { known, callers } = await worldOf(t, world);
      const requests = fc.sample(anyRequest(contract, { known, callers }), {
        seed: SEED + world,
        numRuns: Math.min(PER_WORLD, COUNT - sent),
      });
      const next = requests.values();
      const send = async () => {
        for (const request of next) {
          const { status, fault, text } = await answered(siteUrl, contract, request);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (fault !== null) faults.push({ fault, request, answer: text });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, send));
    }
    await close();
    const counts = [...statuses].toSorted(([a], [b]) => a - b);
    console.log(`seed ${SEED}: ${counts.map(([status, count]) => `${status}×${count}`).join(" ")}`);
    expect(faults.slice(0, 20)).toEqual([]);
    // Nothing but refusals would prove little.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(COUNT / 20);
  },
  COUNT * 100 + 120_000,
);

/** A tenant with a row of everything; its keys and its owner, signed in. */
async function worldOf(t: Backend, world: number): Promise<{ known: Known; callers: Callers }> {
  let accessToken = "";
  const { owner, ids: known } = await openWorld(t, `fuzz ${world}`, async ({ userId }) => {
    await givePassword(t, { userId, email: `fuzz-${world}@example.com` });
    ({ accessToken } = await entered(t, userId));
    // There will be a specimen of a password, and a person has one.
    await t.run(async (ctx) => {
      for (const { _id } of await ctx.db.query("passwords").collect()) {
        await ctx.db.delete("passwords", _id);
      }
    });
  });
  const make = api.actions.keys.create;
  const all = await owner.as.action(make, { name: "All", scopes: [...PERMISSIONS] });
  const few = await owner.as.action(make, { name: "Few", scopes: ["agents:read"] });
  return {
    known,
    callers: [
      { "x-api-key": all.key },
      { authorization: `Bearer ${all.key}` },
      { authorization: `Bearer ${few.key}` },
      { authorization: `Bearer ${accessToken}` },
    ],
  };
}

async function answered(url: string, contract: Contract, request: Request) {
  const { method, path, headers, body } = request;
  const signal = AbortSignal.timeout(30_000);
  const init = { method, headers, signal, ...(body !== undefined && { body }) };
  let response = await fetch(`${url}/api/v1${path}`, init);
  // A machine that is too busy says so, and that nothing was done: then it is asked again, as clients do.
  for (let tries = 1; response.status === 503 && tries < 5; tries++) {
    await setTimeout(Number(response.headers.get("retry-after-ms")));
    response = await fetch(`${url}/api/v1${path}`, init);
  }
  const text = await response.text();
  const { status } = response;
  const fault = () => {
    if (status >= 500) return `${status}`;
    if (method === "OPTIONS") return status === 204 ? null : `${status} to OPTIONS`;
    if (method === "HEAD") return text === "" ? null : "a body to HEAD";
    const meant = contract.operationAt(method, path.split("?", 1)[0] ?? "");
    // Too large is too large, wherever it is sent.
    if (meant === null) return [404, 405, 413].includes(status) ? null : `${status} to ${method}`;
    return contract.breachOf(meant, { status, headers: response.headers, text });
  };
  return { status, fault: fault(), text: text.slice(0, 600) };
}
