/** Loaded into a CLI process: notes every other machine that it wants to reach, and lets it reach none. */
const { appendFileSync } = require("node:fs");
const dns = require("node:dns");
const net = require("node:net");

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

function refuse(host) {
  appendFileSync(process.env.STRANGERS_FILE, `${host}\n`);
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
}

const { lookup } = dns;
dns.lookup = (host, ...rest) => {
  if (LOOPBACK.test(host)) return lookup(host, ...rest);
  const error = refuse(host);
  process.nextTick(() => rest.at(-1)(error));
};

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === "object" ? options.host : undefined;
  if (host !== undefined && net.isIP(host) && !LOOPBACK.test(host)) throw refuse(host);
  return connect.apply(this, args);
};
