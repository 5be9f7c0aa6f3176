/**
 * For the threads in which actions run, and for this process: while OUTSIDE_URL is set, every request to an https
 * address is made to the server there instead, with the address that was meant in a header. No name is resolved.
 */
const throughWire = globalThis.fetch;
globalThis.fetch = (address, options = {}) => {
  const outside = process.env.OUTSIDE_URL;
  const url = new URL(address instanceof Request ? address.url : address);
  if (outside === undefined || url.protocol !== "https:") return throughWire(address, options);
  const headers = new Headers(options.headers);
  headers.set("x-outside-url", url.href);
  return throughWire(`${outside}/`, { ...options, headers });
};
