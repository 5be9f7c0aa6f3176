/** Addresses of callers, as far as counting by them needs it. */

const GROUPS = 8;
/** What one household or machine is given: whoever has it has 2^64 addresses. */
const NETWORK_GROUPS = 4;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What an address is counted under: an IPv4 address as it is, also when it comes as an IPv6 one, and of an
 * IPv6 address its network of 64 bits. What is neither stands for itself.
 */
export function networkOf(ip: string): string {
  const [, mapped] = MAPPED.exec(ip) ?? [];
  if (mapped !== undefined) return mapped;
  if (!ip.includes(":")) return ip;
  const [left = "", right = ""] = ip.toLowerCase().split("::");
  const head = groupsOf(left);
  const tail = groupsOf(right);
  const zeros = Array.from({ length: Math.max(0, GROUPS - head.length - tail.length) }, () => "0");
  const network = [...head, ...zeros, ...tail].slice(0, NETWORK_GROUPS);
  return `${network.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
