/**
 * Addresses that lead, or look as if they led, to where only the deployment can go: its own machine, its network, a
 * cloud's metadata; and those that pass for an allowed host and are none. Nothing may ever be asked for at any of them.
 */

/** Notations of 127.0.0.1, 169.254.169.254 and others that parsers take for addresses, with and without brackets. */
const ADDRESSES = (
  "127.0.0.1 127.1 127.0.1 127.0.0.1. 127.255.255.254 0 0.0.0.0 0x0 00 0x7f000001 0x7f.1 0x7f.0.0.1 0x7F.0x0.0x0.0x1 " +
  "2130706433 017700000001 0177.0.0.1 0177.1 0x7f.0.1 127.000.000.001 %31%32%37.0.0.1 127%2e0%2e0%2e1 １２７.0.0.1 " +
  "①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 10.0.0.1 10.255.255.255 012.0.0.1 0xa.0.0.1 167772161 172.16.0.1 172.31.255.254 " +
  "192.168.0.1 192.168.1.254 3232235521 0xc0a80001 0300.0250.0.1 169.254.169.254 169.254.170.2 2852039166 0xa9fea9fe " +
  "0251.0376.0251.0376 169.254.43518 100.64.0.1 100.100.100.200 192.0.0.1 192.0.0.192 192.0.2.1 198.18.0.1 198.19.255.254 " +
  "198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 8.8.8.8 93.184.216.34 256.0.0.1 1.2.3.4.5 " +
  "0x7f.0x1 127.0.0.0x1 [::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::ffff:127.0.0.1] [::ffff:7f00:1] " +
  "[0:0:0:0:0:ffff:127.0.0.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::127.0.0.1] [::7f00:1] [64:ff9b::7f00:1] " +
  "[64:ff9b::127.0.0.1] [64:ff9b:1::1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:db8::1] [2001::1] [fc00::1] " +
  "[fd00:ec2::254] [fe80::1] [fe80::1%25eth0] [fec0::1] [ff02::1] [100::1] [2606:4700::1111] [::ffff:0:127.0.0.1]"
).split(" ");

const NAMES = (
  "localhost LOCALHOST localhost. localhost.localdomain a.localhost a.localhost. ip6-localhost loopback broadcasthost " +
  "metadata metadata.google.internal METADATA.google.internal metadata.google.internal. metadata.goog metadata.goog. " +
  "instance-data instance-data.ec2.internal kubernetes kubernetes.default kubernetes.default.svc " +
  "kubernetes.default.svc.cluster.local host.docker.internal gateway.docker.internal router.lan printer.local " +
  "nas.home nas.home.arpa wiki.corp intranet wiki.intranet db.internal db.private postgres redis a..b.com .com com " +
  "-a.com a-.com xn--.com api.example.com. api.example.com.."
).split(" ");

/** Whatever the list of allowed hosts says, even if it names them. */
export const INTERNAL_URLS: readonly string[] = [...ADDRESSES, ...NAMES].flatMap((host) => [
  `https://${host}/`,
  `https://${host}/latest/meta-data/iam?x=https://api.example.com/`,
  `https://api.example.com@${host}/`,
  `http://${host}/`,
]);

/** With `api.example.com` and `*.example.org` allowed, whose owners are others. */
export const FOREIGN_URLS: readonly string[] = [
  ...[
    "api.example.com.evil.net",
    "evil.net",
    "xapi.example.com",
    "api-example.com",
    "apiXexample.com",
    "example.com",
    "a.api.example.com",
    "example.org",
    "evilexample.org",
    "example.org.evil.net",
    "аpi.example.com", // a Cyrillic а
    "api.exampⅼe.com.evil.net",
    "xn--pi-6kc.example.com",
    "api.example.com%2eevil.net",
    "api.example.com%00.evil.net",
    "api.example.com%0a.evil.net",
    "api.example.com\t.evil.net",
    "api.example.com\n.evil.net",
    "evil.net%23api.example.com",
    "evil.net%3f.example.org",
    "evil.net%2f.example.org",
    "evil.net#.example.org",
    "evil.net?.example.org",
    "evil.net/.example.org",
    "evil.net\\.example.org",
    "evil.net;.example.org",
    "evil.net:443#@api.example.com",
    "evil.net\\@api.example.com",
    "api.example.com@evil.net",
    "api.example.com:443@evil.net",
    "api.example.com:secret@evil.net",
    "api.example.com%40evil.net",
    "user@api.example.com",
    "user:password@api.example.com",
    ":password@api.example.com",
    "a@b@api.example.com",
    "api.example.com:80",
    "api.example.com:8443",
    "api.example.com:22",
    "api.example.com:0",
    "api.example.com:65536",
    "api.example.com:-1",
    "api.example.com:１２",
  ].map((authority) => `https://${authority}/`),
  "http://api.example.com/",
  "HTTP://api.example.com/",
  "ftp://api.example.com/",
  "file:///etc/passwd",
  "file://api.example.com/etc/passwd",
  "gopher://api.example.com/",
  "data:text/plain,hello",
  "javascript:alert(1)",
  "blob:https://api.example.com/1",
  "about:blank",
  "ws://api.example.com/",
  "wss://api.example.com/",
  "view-source:https://api.example.com/",
  "jar:https://api.example.com/!/",
  "//api.example.com/",
  "/latest/meta-data",
  "api.example.com/",
  "api.example.com",
  "",
  " ",
  "https:",
  "https://",
  "https:///",
  "https://?",
  "https://#",
  "https://[api.example.com]/",
  "https://[::1",
  `https://api.example.com/${"a".repeat(2_000)}`,
];
