/** Our own issuer in tests: its key, and the variables that make a deployment sign and believe its tokens. */
import { exportJWK, generateKeyPair } from "jose";

export const OWN_ISSUER = "https://own.issuer.test";
export const AUDIENCE = "agentik";

const kid = "test-key";
const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" }] };

export const ownProvider = {
  type: "customJwt",
  applicationID: AUDIENCE,
  issuer: OWN_ISSUER,
  algorithm: "ES256",
  jwks: `data:application/json;base64,${btoa(JSON.stringify(jwks))}`,
};

export const ISSUER_VARIABLES = {
  AUTH_PROVIDERS: JSON.stringify([ownProvider]),
  AUTH_SIGNING_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), kid }),
};
