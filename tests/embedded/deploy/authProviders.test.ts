import { describe, expect, test } from "vitest";
import { parseAuthConfig } from "../../../src/embedded/deploy/authProviders";

const oidc = { domain: "https://issuer.example", applicationID: "app" };
const customJwt = {
  type: "customJwt",
  issuer: "https://issuer.example",
  jwks: "https://issuer.example/jwks",
  algorithm: "ES256",
};
const parse = (...providers: object[]) => parseAuthConfig({ providers });

describe("auth.config's export", () => {
  test("names providers of both types, side by side", () => {
    expect(parse(oidc, customJwt, { ...oidc, type: "oidc", applicationID: "other" })).toEqual([
      { type: "oidc", ...oidc },
      { ...customJwt, applicationID: null },
      { type: "oidc", ...oidc, applicationID: "other" },
    ]);
    expect(parseAuthConfig({ providers: [] })).toEqual([]);
  });

  test.each([
    "issuer.example",
    "localhost",
    "http://127.0.0.1:3000",
    "https://a.b/c/",
    "münchen.de",
  ])("the domain %s is one", (domain) => {
    expect(parse({ ...oidc, domain })).toMatchObject([{ domain }]);
    expect(parse({ ...customJwt, issuer: domain })).toMatchObject([{ issuer: domain }]);
  });

  test.each<[object, string, RegExp]>([
    [{ ...oidc, domain: '"https://x.y"' }, "InvalidProviderDomainUrl", /double quote/],
    [{ ...oidc, domain: "ftp://x.y" }, "InvalidProviderDomainUrl", /http or https/],
    [{ ...oidc, domain: "sk_live_123" }, "InvalidProviderDomainUrl", /top-level domain/],
    [{ ...oidc, domain: "https://" }, "InvalidProviderDomainUrl", /no URL/],
    [
      { domain: "https://x.y", applicationId: "a" },
      "AuthConfigNotMatchingSchemaError",
      /capital I/,
    ],
    [{ ...oidc, type: "saml" }, "AuthConfigNotMatchingSchemaError", /'type' value 'saml'/],
    [{ ...customJwt, domain: "x.y" }, "AuthConfigNotMatchingSchemaError", /cannot have a 'domain'/],
    [{ ...oidc, issuer: "x.y" }, "AuthConfigNotMatchingSchemaError", /cannot have an 'issuer'/],
    [{ ...customJwt, algorithm: "HS256" }, "AuthConfigNotMatchingSchemaError", /credentials/],
    [{ domain: "https://x.y" }, "AuthConfigNotMatchingSchemaError", /applicationID/],
    [{ ...customJwt, issuer: "https://api.workos.com/" }, "InsecureConfiguration", /ApplicationID/],
  ])("a provider like %o is refused", (provider, code, message) => {
    const attempt = () => parse(oidc, provider);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ code }) }),
    );
  });

  test("without a default export, or with another one, is refused", () => {
    expect(() => parseAuthConfig(null)).toThrow(/missing default export/);
    expect(() => parseAuthConfig({})).toThrow(/list of provider credentials/);
    expect(() => parseAuthConfig("text")).toThrow(/list of provider credentials/);
  });
});
