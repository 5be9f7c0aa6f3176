/** Addresses of hosts and of people, as far as the text alone tells. */

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** The last label begins with a letter: "10.0.0.1" and "0x7f.0x1" are numbers to whoever resolves them. */
const HOST = new RegExp(`^(?=.{4,253}$)(${LABEL}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`);
/** What is never a name of the public internet, or (`metadata.goog`) is one that a cloud answers from within. */
const PRIVATE_HOST =
  /\.(localhost|localdomain|local|internal|intranet|private|corp|home|home\.arpa|lan|default|svc)$|^metadata\.goog$/;
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/**
 * Whether it is a host's name in lower case, with a dot within, and none of this machine, of a private network or
 * that is an IP address. Names that resolve to a private address are not seen here.
 */
export function isPublicHostName(name: string): boolean {
  return HOST.test(name) && !PRIVATE_HOST.test(name);
}

/** Whether it has the form of an e-mail address. */
export function isEmail(text: string): boolean {
  return EMAIL.test(text);
}
