/**
 * WebCrypto for queries and mutations: what Convex allows there (nothing that needs randomness), over
 * host functions that answer at once. The host's own `crypto.subtle` works on other threads and would
 * answer only after the function has had to end.
 */
import type { AsymmetricKey, SyncCrypto } from "../syncCrypto";

type Parameters = { name: string } & Record<string, unknown>;
type Material = { secret: Uint8Array } | { asymmetric: AsymmetricKey };

const materials = new WeakMap<CryptoKey, Material>();

export class CryptoKey {
  readonly type: "secret" | "public" | "private";
  readonly extractable: boolean;
  readonly algorithm: Parameters;
  readonly usages: string[];

  constructor(
    material: Material,
    options: { algorithm: Parameters; extractable: boolean; usages: string[] },
  ) {
    this.type = "secret" in material ? "secret" : material.asymmetric.type;
    this.algorithm = options.algorithm;
    this.extractable = options.extractable;
    this.usages = options.usages;
    materials.set(this, material);
  }

  get [Symbol.toStringTag](): string {
    return "CryptoKey";
  }
}

export class SubtleCrypto {
  readonly #host: SyncCrypto;

  constructor(host: SyncCrypto) {
    this.#host = host;
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    return toBuffer(this.#host.digest(named(algorithm).name, toBytes(data)));
  }

  async importKey(
    ...[format, keyData, algorithm, extractable, usages]: [
      format: string,
      keyData: unknown,
      algorithm: unknown,
      extractable: boolean,
      usages: string[],
    ]
  ): Promise<CryptoKey> {
    const parameters = withHash(named(algorithm));
    const options = { algorithm: parameters, extractable, usages: [...usages] };
    const jwk = format === "jwk" ? (keyData as { kty?: string; k?: string }) : null;
    if (SECRET_ALGORITHMS.includes(parameters.name) && (format === "raw" || jwk?.kty === "oct")) {
      const secret = jwk
        ? Uint8Array.from(this.#host.fromBase64Url(jwk.k ?? ""))
        : toBytes(keyData).slice();
      const length = secret.length * 8;
      return new CryptoKey({ secret }, { ...options, algorithm: { ...parameters, length } });
    }
    if (!ASYMMETRIC_ALGORITHMS.includes(parameters.name)) {
      throw unsupported(`importKey of ${format} for ${parameters.name}`);
    }
    const data = jwk ? JSON.stringify(jwk) : toBytes(keyData);
    const asymmetric = this.#host.importKey(format, data, parameters.name);
    return new CryptoKey({ asymmetric }, options);
  }

  async exportKey(format: string, key: CryptoKey): Promise<ArrayBuffer | object> {
    if (!key.extractable) throw new Error("key is not extractable");
    const material = materialOf(key);
    if (!("secret" in material)) {
      const exported = this.#host.exportKey(format, material.asymmetric);
      return typeof exported === "string" ? (JSON.parse(exported) as object) : toBuffer(exported);
    }
    if (format === "raw") return toBuffer(material.secret);
    if (format !== "jwk") throw unsupported(`exportKey to ${format}`);
    return {
      kty: "oct",
      k: this.#host.toBase64Url(material.secret),
      ext: true,
      key_ops: key.usages,
    };
  }

  async sign(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    const { name } = named(algorithm);
    allow(key, "sign");
    if (name === "HMAC") {
      return toBuffer(this.#host.hmac(hashOf(key.algorithm), secretOf(key), toBytes(data)));
    }
    if (name !== "Ed25519") throw unsupported(`sign with ${name}, which needs randomness,`);
    return toBuffer(this.#host.signEd25519(asymmetricOf(key), toBytes(data)));
  }

  async verify(
    ...[algorithm, key, signature, data]: [unknown, CryptoKey, unknown, unknown]
  ): Promise<boolean> {
    const parameters = named(algorithm);
    allow(key, "verify");
    if (parameters.name === "HMAC") {
      const expected = this.#host.hmac(hashOf(key.algorithm), secretOf(key), toBytes(data));
      return this.#host.equal(expected, toBytes(signature));
    }
    const hash = withHash(parameters)["hash"] ?? key.algorithm["hash"];
    return this.#host.verify(
      {
        name: parameters.name,
        hash: hash === undefined ? "" : named(hash).name,
        saltLength: Number(parameters["saltLength"] ?? 0),
      },
      asymmetricOf(key),
      { signature: toBytes(signature), data: toBytes(data) },
    );
  }

  async encrypt(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    allow(key, "encrypt");
    return this.#cipher("encrypt", named(algorithm), { key, data });
  }

  async decrypt(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    allow(key, "decrypt");
    return this.#cipher("decrypt", named(algorithm), { key, data });
  }

  async deriveBits(algorithm: unknown, key: CryptoKey, length: number): Promise<ArrayBuffer> {
    const { name, ...parameters } = named(algorithm);
    const salt = toBytes(parameters["salt"]);
    const hash = hashOf(parameters);
    if (name === "PBKDF2") {
      const iterations = Number(parameters["iterations"]);
      return toBuffer(this.#host.pbkdf2(hash, secretOf(key), { salt, iterations, length }));
    }
    if (name !== "HKDF") throw unsupported(`deriveBits with ${name}`);
    const info = toBytes(parameters["info"]);
    return toBuffer(this.#host.hkdf(hash, secretOf(key), { salt, info, length }));
  }

  async deriveKey(
    ...[algorithm, key, derived, extractable, usages]: [
      algorithm: unknown,
      key: CryptoKey,
      derived: unknown,
      extractable: boolean,
      usages: string[],
    ]
  ): Promise<CryptoKey> {
    const parameters = withHash(named(derived));
    const length = Number(parameters["length"] ?? (parameters.name === "HMAC" ? 512 : 0));
    const bits = await this.deriveBits(algorithm, key, length);
    return await this.importKey("raw", bits, parameters, extractable, usages);
  }

  generateKey(): Promise<never> {
    return Promise.reject(unsupported("generateKey, which needs randomness,"));
  }

  wrapKey(): Promise<never> {
    return Promise.reject(unsupported("wrapKey"));
  }

  unwrapKey(): Promise<never> {
    return Promise.reject(unsupported("unwrapKey"));
  }

  #cipher(
    direction: "encrypt" | "decrypt",
    { name, ...parameters }: Parameters,
    { key, data }: { key: CryptoKey; data: unknown },
  ): ArrayBuffer {
    if (!name.startsWith("AES-") || name === "AES-KW")
      throw unsupported(`${direction} with ${name}`);
    const result = this.#host.aes(direction, secretOf(key), {
      mode: name.slice(4).toLowerCase(),
      iv: toBytes(parameters["iv"] ?? parameters["counter"]),
      additionalData:
        parameters["additionalData"] === undefined ? null : toBytes(parameters["additionalData"]),
      tagBytes: Number(parameters["tagLength"] ?? 128) / 8,
      data: toBytes(data),
    });
    return toBuffer(result);
  }
}

const SECRET_ALGORITHMS = ["HMAC", "AES-GCM", "AES-CBC", "AES-CTR", "PBKDF2", "HKDF"];
const ASYMMETRIC_ALGORITHMS = ["Ed25519", "ECDSA", "RSASSA-PKCS1-v1_5", "RSA-PSS"];
const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/** An algorithm as an object, with its name in the standard's spelling. */
function named(algorithm: unknown): Parameters {
  const parameters =
    typeof algorithm === "string" ? { name: algorithm } : { ...(algorithm as Parameters) };
  const name = [...SECRET_ALGORITHMS, ...ASYMMETRIC_ALGORITHMS, ...HASHES].find(
    (known) => known.toLowerCase() === String(parameters.name).toLowerCase(),
  );
  if (name === undefined) throw unsupported(String(parameters.name));
  return { ...parameters, name };
}

function withHash(parameters: Parameters): Parameters {
  return parameters["hash"] === undefined
    ? parameters
    : { ...parameters, hash: named(parameters["hash"]) };
}

function hashOf(parameters: Record<string, unknown>): string {
  return named(parameters["hash"]).name;
}

function materialOf(key: CryptoKey): Material {
  const material = materials.get(key);
  if (material === undefined) throw new TypeError("the key is not a CryptoKey of this function");
  return material;
}

function secretOf(key: CryptoKey): Uint8Array {
  const material = materialOf(key);
  if (!("secret" in material)) throw new TypeError(`a key for ${key.algorithm.name} is no secret`);
  return material.secret;
}

function asymmetricOf(key: CryptoKey): AsymmetricKey {
  const material = materialOf(key);
  if (!("asymmetric" in material)) throw new TypeError("a secret key has no public part");
  return material.asymmetric;
}

function allow(key: CryptoKey, usage: string): void {
  if (!key.usages.includes(usage)) throw new Error(`the key does not allow "${usage}"`);
}

function unsupported(what: string): Error {
  return new Error(
    `crypto.subtle: ${what} is not supported in queries and mutations. Use an action.`,
  );
}

function toBytes(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("expected an ArrayBuffer or a typed array");
}

/** A copy that belongs to this realm: `instanceof ArrayBuffer` must hold for what functions return. */
function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
