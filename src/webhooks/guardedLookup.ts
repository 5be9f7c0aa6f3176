/**
 * What names of receivers resolve to, looked at when the connection is made. The socket connects to the addresses that
 * were looked at: a name that answers otherwise the next time (DNS rebinding) has nothing of it.
 */
import dns from "node:dns";
import { BlockList, type LookupFunction } from "node:net";

/** IANA's special-purpose addresses, and what translates to IPv4 ones: nothing of them is the public internet's. */
const IPV4 = (
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 " +
  "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 " +
  "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
).split(" ");
/** Of IPv6 only 2000::/3 is given out; what is special within it stands here. */
const IPV6_GLOBAL = "2000::/3";
const IPV6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split(" ");

const special = blockList([...IPV4, ...IPV6]);
const global = blockList([IPV6_GLOBAL]);

/** Whether the address is one of the public internet. */
export function isPublicAddress(address: string, family: number): boolean {
  if (family === 4) return !special.check(address, "ipv4");
  return global.check(address, "ipv6") && !special.check(address, "ipv6");
}

/** Refused: the name stands for an address that may not be called. */
class BlockedAddress extends Error {
  readonly code = "BLOCKED_ADDRESS";
}

/** For `lookup` of `node:http`: the name's addresses, if all of them may be called. */
export function guardedLookup(
  isAllowed: (address: string, family: number) => boolean,
): LookupFunction {
  return (hostname, { all = false }, callback) => {
    dns.lookup(hostname, { all: true, order: "verbatim" }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const [first] = addresses;
      // One that may not be called among others is no accident.
      const isRefused = addresses.some(({ address, family }) => !isAllowed(address, family));
      if (first === undefined || isRefused) return callback(new BlockedAddress(), "");
      if (all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", prefix] = subnet.split("/");
    list.addSubnet(network, Number(prefix), network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
