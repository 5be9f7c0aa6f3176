/** The operations behind `crypto.subtle` in queries and mutations, as functions that answer at once. */
import * as crypto from "node:crypto";

/** A key pair's half. Realms only hold and pass it back. */
export type AsymmetricKey = { type: "public" | "private"; key: crypto.KeyObject };

export type SyncCrypto = typeof syncCrypto;

type Cipher = {
  mode: string;
  iv: Uint8Array;
  additionalData: Uint8Array | null;
  tagBytes: number;
  data: Uint8Array;
};

/** Hashes are named as in WebCrypto ("SHA-256"), lengths of derived bits count bits. */
export const syncCrypto = {
  digest(hash: string, data: Uint8Array): Uint8Array {
    return crypto.createHash(nodeHash(hash)).update(data).digest();
  },

  hmac(hash: string, secret: Uint8Array, data: Uint8Array): Uint8Array {
    return crypto.createHmac(nodeHash(hash), secret).update(data).digest();
  },

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && crypto.timingSafeEqual(a, b);
  },

  aes(direction: "encrypt" | "decrypt", secret: Uint8Array, options: Cipher): Uint8Array {
    const { mode, iv, additionalData, tagBytes, data } = options;
    const algorithm = `aes-${secret.length * 8}-${mode}`;
    if (mode !== "gcm") {
      const cipher =
        direction === "encrypt"
          ? crypto.createCipheriv(algorithm, secret, iv)
          : crypto.createDecipheriv(algorithm, secret, iv);
      return Buffer.concat([cipher.update(data), cipher.final()]);
    }
    const gcm = algorithm as crypto.CipherGCMTypes;
    if (direction === "encrypt") {
      const cipher = crypto.createCipheriv(gcm, secret, iv, { authTagLength: tagBytes });
      if (additionalData !== null) cipher.setAAD(additionalData);
      return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
    }
    const decipher = crypto.createDecipheriv(gcm, secret, iv, { authTagLength: tagBytes });
    if (additionalData !== null) decipher.setAAD(additionalData);
    decipher.setAuthTag(data.subarray(data.length - tagBytes));
    const head = decipher.update(data.subarray(0, data.length - tagBytes));
    return Buffer.concat([head, decipher.final()]);
  },

  pbkdf2(
    hash: string,
    secret: Uint8Array,
    { salt, iterations, length }: { salt: Uint8Array; iterations: number; length: number },
  ): Uint8Array {
    return crypto.pbkdf2Sync(secret, salt, iterations, length / 8, nodeHash(hash));
  },

  hkdf(
    hash: string,
    secret: Uint8Array,
    { salt, info, length }: { salt: Uint8Array; info: Uint8Array; length: number },
  ): Uint8Array {
    return new Uint8Array(crypto.hkdfSync(nodeHash(hash), secret, salt, info, length / 8));
  },

  /** `data` is the text of a JWK when `format` is "jwk". */
  importKey(format: string, data: Uint8Array | string, algorithm: string): AsymmetricKey {
    if (typeof data === "string") {
      const jwk = JSON.parse(data) as crypto.JsonWebKey;
      const type = jwk.d === undefined ? "public" : "private";
      const create = type === "public" ? crypto.createPublicKey : crypto.createPrivateKey;
      return { type, key: create({ key: jwk, format: "jwk" }) };
    }
    const der = Buffer.from(data);
    if (format === "pkcs8") {
      return {
        type: "private",
        key: crypto.createPrivateKey({ key: der, format: "der", type: "pkcs8" }),
      };
    }
    if (format === "spki") {
      return {
        type: "public",
        key: crypto.createPublicKey({ key: der, format: "der", type: "spki" }),
      };
    }
    if (format === "raw" && algorithm === "Ed25519") {
      const jwk = { kty: "OKP", crv: "Ed25519", x: der.toString("base64url") };
      return { type: "public", key: crypto.createPublicKey({ key: jwk, format: "jwk" }) };
    }
    throw new Error(`importKey of ${format} for ${algorithm} is not supported`);
  },

  /** The text of a JWK when `format` is "jwk". */
  exportKey(format: string, { key }: AsymmetricKey): Uint8Array | string {
    if (format === "jwk") return JSON.stringify(key.export({ format: "jwk" }));
    if (format === "spki") return key.export({ format: "der", type: "spki" });
    if (format === "pkcs8") return key.export({ format: "der", type: "pkcs8" });
    throw new Error(`exportKey to ${format} is not supported`);
  },

  signEd25519({ key }: AsymmetricKey, data: Uint8Array): Uint8Array {
    return crypto.sign(null, data, key);
  },

  verify(
    { name, hash, saltLength }: { name: string; hash: string; saltLength: number },
    { key }: AsymmetricKey,
    { signature, data }: { signature: Uint8Array; data: Uint8Array },
  ): boolean {
    if (name === "Ed25519") return crypto.verify(null, data, key, signature);
    const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
    const options: crypto.VerifyKeyObjectInput =
      name === "ECDSA"
        ? { key, dsaEncoding: "ieee-p1363" }
        : name === "RSA-PSS"
          ? { key, padding, saltLength }
          : { key };
    return crypto.verify(nodeHash(hash), data, options, signature);
  },

  fromBase64Url(text: string): Uint8Array {
    return Buffer.from(text, "base64url");
  },

  toBase64Url(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("base64url");
  },
};

function nodeHash(name: string): string {
  return name.replace("-", "").toLowerCase();
}
