/** Where requests to receivers may go, on real sockets of loopback: what may not be called is not. */
import dns from "node:dns";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { webhookUrl } from "../../../src/core/webhookUrl";
import { guardedLookup, isPublicAddress } from "../../../src/webhooks/guardedLookup";
import { post } from "../../../src/webhooks/post";
import { send } from "../../../src/webhooks/send";
import { makeSecret } from "../../../src/webhooks/signature";
import { INTERNAL_URLS } from "../../support/hostileUrls";
import { openReceiver } from "../../support/receiver";

afterEach(() => void vi.restoreAllMocks());

const OWN = { allowsPrivate: false, ownUrls: ["https://own.example.com", "http://127.0.0.1:3210"] };

describe("an address", () => {
  test(`is not called where only the deployment can go: ${INTERNAL_URLS.length} of them`, () => {
    expect(INTERNAL_URLS.length).toBeGreaterThan(300);
    expect(INTERNAL_URLS.filter((url) => webhookUrl(url, OWN).ok)).toEqual([]);
  });

  test("is https at port 443 or 8443 of a public name, without a user, and not the deployment's own", () => {
    for (const url of [
      "https://api.example.com/hooks",
      "https://api.example.com:443/hooks?token=1",
      "https://api.example.com:8443/",
    ]) {
      expect(webhookUrl(url, OWN), url).toMatchObject({ ok: true });
    }
    for (const url of [
      "http://api.example.com/",
      "https://api.example.com:80/",
      "https://api.example.com:22/",
      "https://user@api.example.com/",
      "https://user:pass@api.example.com/",
      "https://api.example.com/#there",
      "https://own.example.com/hooks",
      "https://OWN.example.com:443/hooks",
      "ftp://api.example.com/",
      "file:///etc/passwd",
      "//api.example.com/",
      "api.example.com",
      "",
      `https://api.example.com/${"a".repeat(500)}`,
    ]) {
      expect(webhookUrl(url, OWN).ok, url).toBe(false);
    }
    const development = { ...OWN, allowsPrivate: true };
    expect(webhookUrl("http://localhost:3000/in", development).ok).toBe(true);
    expect(webhookUrl("http://127.0.0.1:3210/in", development).ok).toBe(false); // itself
    expect(webhookUrl("http://user@localhost:3000/in", development).ok).toBe(false);
  });
});

test("nothing is sent there, whatever stands in an endpoint: not a connection", async () => {
  const receiver = await openReceiver();
  onTestFinished(() => receiver.close());
  const urls = INTERNAL_URLS.map((text) => atPort(text, receiver.port));
  const held = { secrets: [makeSecret()], rules: OWN };
  const sent = await Promise.all(
    urls.map((url) => send({ url, id: "an id", payload: '{"type":"t"}' }, held)),
  );
  for (const posted of sent) {
    expect(posted).toMatchObject({ status: null, why: expect.stringMatching(/^the address /) });
  }
  expect(receiver.connections).toBe(0);
  // It would have arrived, were it allowed.
  const development = { ...held, rules: { ...OWN, allowsPrivate: true } };
  const message = { url: receiver.url, id: "an id", payload: '{"type":"t"}' };
  expect(await send(message, development)).toMatchObject({ status: 204 });
});

test("addresses that are special are none of the public internet's", () => {
  const special = (
    "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 127.0.0.1 127.255.255.254 " +
    "169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 " +
    "198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255"
  ).split(" ");
  const special6 = (
    ":: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254 ::ffff:8.8.8.8 ::7f00:1 ::127.0.0.1 64:ff9b::7f00:1 " +
    "64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 " +
    "fe80::1 fec0::1 ff02::1"
  ).split(" ");
  const open =
    "1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 198.17.0.1".split(
      " ",
    );
  const open6 = "2606:4700::1111 2a00:1450:4001::200e 2001:4860:4860::8888 2620:fe::fe".split(" ");
  expect(special.filter((address) => isPublicAddress(address, 4))).toEqual([]);
  expect(special6.filter((address) => isPublicAddress(address, 6))).toEqual([]);
  expect(open.filter((address) => !isPublicAddress(address, 4))).toEqual([]);
  expect(open6.filter((address) => !isPublicAddress(address, 6))).toEqual([]);
});

/** The same host, where it leads to the receiver if anywhere. */
function atPort(text: string, port: number): string {
  const [, host, rest] = /^(https?:\/\/[^/]*)(\/.*)$/.exec(text) ?? [];
  return host === undefined ? text : `${host}:${port}${rest}`;
}

type Answers = (hostname: string) => string[];

/** The name service says what the test says, as often as it is asked. */
function namesResolve(answers: Answers): void {
  const lookup = (
    hostname: string,
    options: { all?: boolean } | undefined,
    callback: (error: Error | null, ...found: unknown[]) => void,
  ) => {
    const found = answers(hostname).map((address) => ({ address, family: 4 }));
    if (options?.all === true) setImmediate(callback, null, found);
    else setImmediate(callback, null, found[0]?.address, 4);
  };
  vi.spyOn(dns, "lookup").mockImplementation(lookup as never);
}

/** Of loopback, 127.0.0.2 stands for the public internet, and 127.0.0.1 for whatever nobody may call. */
async function twoPlaces() {
  const secret = await openReceiver("127.0.0.1");
  const open = await openReceiver("127.0.0.2", secret.port);
  onTestFinished(async () => void (await Promise.all([secret.close(), open.close()])));
  const lookup = guardedLookup((address) => address === "127.0.0.2");
  const sendTo = async (host: string) => {
    const url = new URL(`http://${host}:${open.port}/in`);
    return await post(url, { headers: { "webhook-id": host }, body: '{"type":"t"}', lookup });
  };
  return { secret, open, send: sendTo };
}

describe("a connection", () => {
  test("goes to the address that was checked, whatever the name says the next time: 1,000 of 1,000", async () => {
    const { secret, open, send } = await twoPlaces();
    const asked = new Map<string, number>();
    namesResolve((hostname) => {
      asked.set(hostname, (asked.get(hostname) ?? 0) + 1);
      return [asked.get(hostname) === 1 ? "127.0.0.2" : "127.0.0.1"];
    });
    for (let from = 0; from < 1_000; from += 50) {
      const hosts = Array.from({ length: 50 }, (_, nth) => `h${from + nth}.example.com`);
      const posted = await Promise.all(hosts.map(send));
      expect(posted.filter(({ status }) => status !== 204)).toEqual([]);
    }
    expect(open.received).toHaveLength(1_000);
    expect(secret.connections).toBe(0);
  });

  test("is not made to a name that stands for what nobody may call, alone or among others", async () => {
    const { secret, open, send } = await twoPlaces();
    for (const answers of [
      ["127.0.0.1"],
      ["127.0.0.2", "127.0.0.1"],
      ["127.0.0.1", "127.0.0.2"],
      [],
    ]) {
      namesResolve(() => answers);
      expect(await send("names.example.com")).toEqual({
        status: null,
        why: "the host's name does not resolve to a public address",
      });
    }
    expect([secret.connections, open.connections]).toEqual([0, 0]);
  });

  test("is not followed elsewhere by a redirect: 200 of them, of each kind", async () => {
    const { secret, open, send } = await twoPlaces();
    namesResolve(() => ["127.0.0.2"]);
    let nth = 0;
    open.answer((_received, response) => {
      const status = [301, 302, 303, 307, 308][nth++ % 5]!;
      response.writeHead(status, { location: `${secret.url}/in` }).end();
    });
    for (let count = 0; count < 200; count++) {
      const { status } = await send("api.example.com");
      expect(status).toBeGreaterThanOrEqual(301);
    }
    expect(open.received).toHaveLength(200);
    expect(secret.connections).toBe(0);
  });

  test("ends in time, and with an answer that does not end", async () => {
    const body = "{}";
    const lookup = guardedLookup(() => true);
    const hanging = createServer(() => undefined);
    const flooding = createServer((_request, response) => {
      response.writeHead(200);
      const flood = () => void (response.destroyed || response.write("x".repeat(16_384), flood));
      flood();
    });
    const dripping = createServer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    for (const [server, expected] of [
      [hanging, { status: null, why: "no answer within 0.2 s" }],
      [dripping, { status: null, why: "no answer within 0.2 s" }],
      [flooding, { status: 200, retryAfter: undefined }],
    ] as const) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await post(url, { headers: {}, body, lookup, msMax: 200 })).toEqual(expected);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  });
});
