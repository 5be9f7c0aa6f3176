/**
 * For the threads in which actions run, and for this process: while OUTSIDE_URL is set, every request is made to the
 * server there instead, with the address that was meant in a header. No name is resolved. What stands at a port of its
 * own on this machine (a simulator, a server under test) is reached as ever.
 */
const throughWire = globalThis.fetch;
globalThis.fetch = (address, options = {}) => {
  const outside = process.env.OUTSIDE_URL;
  const url = new URL(address instanceof Request ? address.url : address);
  if (outside === undefined || !isOutside(url)) return throughWire(address, options);
  const headers = new Headers(options.headers);
  headers.set("x-outside-url", url.href);
  return throughWire(`${outside}/`, { ...options, headers });
};

function isOutside({ protocol, hostname, port }) {
  if (protocol === "https:") return true;
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname) && port !== "";
  return protocol === "http:" && !isHere;
}
