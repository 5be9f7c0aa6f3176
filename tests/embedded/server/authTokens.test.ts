/** Tokens that functions sign and tokens that they are shown, on a whole server. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, test, vi } from "vitest";
import { httpClient } from "../clients/connections";
import { action, mutation, open, query, sign, startProject, whoami } from "./authProject";

describe("signJwt", () => {
  test("signs what anyone can verify with the keys that are served", async () => {
    const server = await startProject();
    const before = Math.floor(Date.now() / 1_000);
    const token = await sign(
      server,
      { sub: "ann", aud: "own", roles: ["a"], deep: { x: null } },
      90,
    );
    const keys = createRemoteJWKSet(new URL(`${server.apiUrl}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: server.apiUrl,
      algorithms: ["ES256"],
    });
    const { iat = 0 } = payload;
    expect(payload).toEqual({
      sub: "ann",
      aud: "own",
      roles: ["a"],
      deep: { x: null },
      iss: server.apiUrl,
      iat,
      exp: iat + 90,
    });
    expect(iat - before).toBeGreaterThanOrEqual(0);
    expect(protectedHeader).toMatchObject({ alg: "ES256", typ: "JWT" });
    const served = await fetch(`${server.apiUrl}/.well-known/jwks.json`);
    const {
      keys: [key],
    } = (await served.json()) as { keys: Record<string, unknown>[] };
    expect(key).toMatchObject({ kid: protectedHeader.kid, alg: "ES256", use: "sig", crv: "P-256" });
    expect(key).not.toHaveProperty("d");
  });

  test("the deployment accepts its own tokens where auth.config says so", async () => {
    const server = await startProject();
    const own = await sign(server, { sub: "ann", aud: "own" });
    expect(await whoami(server, own)).toMatchObject({
      tokenIdentifier: `${server.apiUrl}|ann`,
      subject: "ann",
    });
    await expect(whoami(server, await sign(server, { sub: "ann", aud: "other" }))).rejects.toThrow(
      /No auth provider/,
    );
  });

  test("a component signs in its own name", async () => {
    const server = await startProject();
    const token = await httpClient(server).mutation(mutation<string>("tokens:signInComponent"), {});
    expect(decodeJwt(token).iss).toBe(`${server.apiUrl}/components/signing`);
  });

  test("is refused with claims that are not a function's to set, and for too short or too long", async () => {
    const server = await startProject();
    const cases: [object, unknown, RegExp][] = [
      [{ iss: "me" }, 60, /The claim "iss" is set by Convex/],
      [{ iat: 1 }, 60, /"iat"/],
      [{ exp: 1 }, 60, /"exp"/],
      [{ nbf: 1 }, 60, /"nbf"/],
      [{ convexAdmin: true }, 60, /"convexAdmin" starts with "convex" or "cvx"/],
      [{ CVX: true }, 60, /"CVX" starts with/],
      [["a"], 60, /`claims` must be an object/],
      [{}, 0, /from 1 to 3600/],
      [{}, 3_601, /from 1 to 3600/],
      [{}, "60", /from 1 to 3600/],
      [{}, null, /from 1 to 3600/],
    ];
    for (const [claims, seconds, message] of cases) {
      await expect(sign(server, claims, seconds)).rejects.toThrow(message);
    }
  });

  test("lives from a second to an hour", async () => {
    const server = await startProject();
    for (const seconds of [1, 3_600]) {
      const { exp = 0, iat = 0 } = decodeJwt(await sign(server, {}, seconds));
      expect(exp - iat).toBe(seconds);
    }
  });

  test("is for mutations", async () => {
    const server = await startProject();
    await expect(httpClient(server).query(query("tokens:signInQuery"), {})).rejects.toThrow(
      /1\.0\/signJwt is not allowed in queries/,
    );
  });

  test("the key is made once for a folder, for its owner's eyes only, and not told", async () => {
    const told: unknown[] = [];
    for (const method of ["log", "warn", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((...values) => void told.push(...values));
    }
    const first = await startProject();
    const { data } = first;
    const { kid } = decodeProtectedHeader(await sign(first, {}));
    const path = join(data, "signing_key");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await first.close();

    const again = await open(data);
    expect(decodeProtectedHeader(await sign(again, {})).kid).toBe(kid);
    await again.close();

    const secret = (await readFile(path, "utf8")).split("\n")[1]!;
    await writeFile(path, secret);
    const broken = await open(data);
    const failure = await sign(broken, {}).catch(String);
    expect(failure).toBeTypeOf("string");
    expect([failure, ...told].join("\n")).not.toContain(secret);
    vi.restoreAllMocks();
  });
});

describe("the token of a request", () => {
  test("is shown to the app's mutations and actions, not to components", async () => {
    const server = await startProject();
    const token = await server.issuer.sign({ audience: "convex" });
    const client = httpClient(server, token);
    expect(await client.mutation(mutation("tokens:authToken"), {})).toBe(token);
    expect(await client.action(action("tokens:authTokens"), {})).toEqual([token, token, null]);
  });

  test("is null for nobody and for an admin", async () => {
    const server = await startProject();
    expect(await httpClient(server).mutation(mutation("tokens:authToken"), {})).toBeNull();
    const response = await fetch(`${server.apiUrl}/api/mutation`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Convex ${server.adminKey}`,
      },
      body: JSON.stringify({ path: "tokens:authToken", args: {} }),
    });
    expect(await response.json()).toMatchObject({ status: "success", value: null });
  });
});

describe("an issuer made of the deployment's own HTTP actions", () => {
  test("is discovered while tokens are checked", async () => {
    const server = await startProject();
    const token = await server.issuer.sign({ audience: "convex" });
    expect(await whoami(server, token)).toMatchObject({ tokenIdentifier: `${server.siteUrl}|ann` });
  });

  test("signs users in as soon as the server is there again", async () => {
    const first = await startProject();
    const { data, siteUrl } = first;
    await first.close();
    const ports = {
      port: Number(new URL(first.apiUrl).port),
      sitePort: Number(new URL(siteUrl).port),
    };
    const again = await open(data, ports);
    expect(again.siteUrl).toBe(siteUrl);
    const token = await first.issuer.sign({ audience: "convex" });
    expect(await whoami(again, token)).toMatchObject({ subject: "ann" });
  });
});
