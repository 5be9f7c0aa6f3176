import { expect, test } from "vitest";
import { allowedUrl, isHostPattern } from "../../../src/core/allowedHosts";
import { FOREIGN_URLS, INTERNAL_URLS } from "../../support/hostileUrls";

const HOSTS = ["api.example.com", "*.example.org"];

function hostOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
}

test("the corpus is as large as it is meant to be", () => {
  expect(new Set([...INTERNAL_URLS, ...FOREIGN_URLS]).size).toBeGreaterThan(450);
});

test("no internal address is allowed, not even where the list names it", () => {
  for (const url of INTERNAL_URLS) {
    expect(allowedUrl(url, [...HOSTS, hostOf(url), "*"]).ok, url).toBe(false);
  }
});

test("no list may name one", () => {
  for (const host of INTERNAL_URLS.map(hostOf).filter((name) => name !== "api.example.com")) {
    expect(isHostPattern(host), host).toBe(false);
    expect(isHostPattern(`*.${host}`), host).toBe(false);
  }
});

test("nobody passes for an allowed host", () => {
  for (const url of FOREIGN_URLS) expect(allowedUrl(url, HOSTS).ok, url).toBe(false);
});

test.each([
  ["https://api.example.com", "https://api.example.com/"],
  ["HTTPS://API.Example.COM:443/a?b=1#part", "https://api.example.com/a?b=1"],
  ["https:/\\api.example.com/a", "https://api.example.com/a"],
  ["  https://api.example.com/\n", "https://api.example.com/"],
  ["https://a.example.org/", "https://a.example.org/"],
  ["https://a.b.example.org/@evil.net/", "https://a.b.example.org/@evil.net/"],
  ["https://api。example。com/", "https://api.example.com/"],
])("%j is %s, and is asked for so", (text, href) => {
  const checked = allowedUrl(text, HOSTS);
  expect(checked.ok && checked.url.href).toBe(href);
});

test.each(["api.example.com", "*.example.org", "xn--bcher-kva.example", "a-b.c1.example"])(
  "a list may name %s",
  (pattern) => expect(isHostPattern(pattern)).toBe(true),
);

test.each([
  "",
  "*",
  "*.",
  "*.com",
  "com",
  "a.*.com",
  "**.a.com",
  "*a.com",
  "https://a.com",
  "a.com/",
])("a list may not say %j", (pattern) => expect(isHostPattern(pattern)).toBe(false));
