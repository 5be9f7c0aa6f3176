/** A party that signs tokens: keys, the provider's entry for `auth.config`, and an HTTP server for its keys. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";
import type { AuthProvider } from "../../../src/embedded/deploy/types";

type Algorithm = "ES256" | "RS256";
export type TokenOptions = {
  issuer?: string;
  audience?: string | string[] | null;
  subject?: string | null;
  /** Seconds from now. */
  expiresIn?: number | null;
  /** Seconds before now. */
  issuedAgo?: number;
  header?: Record<string, unknown>;
  claims?: JWTPayload;
};

export async function makeIssuer(
  issuer = "https://issuer.example",
  { algorithm = "ES256" as Algorithm, applicationID = "app" as string | null, kid = "key-1" } = {},
) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" }] };
  const dataUrl = `data:application/json;base64,${btoa(JSON.stringify(jwks))}`;
  const provider: AuthProvider = {
    type: "customJwt",
    issuer,
    jwks: dataUrl,
    algorithm,
    applicationID,
  };
  const sign = async (options: TokenOptions = {}): Promise<string> => {
    const { audience = "app", subject = "ann", expiresIn = 3600, claims = {} } = options;
    const now = Math.floor(Date.now() / 1000);
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid, typ: "JWT", ...options.header })
      .setIssuer(options.issuer ?? issuer)
      .setIssuedAt(now - (options.issuedAgo ?? 0));
    if (audience !== null) jwt.setAudience(audience);
    if (subject !== null) jwt.setSubject(subject);
    if (expiresIn !== null) jwt.setExpirationTime(now + expiresIn);
    return await jwt.sign(privateKey);
  };
  return { provider, jwks, dataUrl, sign };
}

/** Serves JSON documents by path for the time of a test; a number is served as that status. */
export async function serveJson(documents: (url: string) => Record<string, unknown>) {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? "");
    const found = documents(url)[request.url ?? ""] ?? 404;
    response.writeHead(typeof found === "number" ? found : 200, {
      "Content-Type": "application/json",
    });
    response.end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, hits };
}
