/** What models make of pictures and files at most, by what their providers say of it and by what was measured. */
import { describe, expect, test } from "vitest";
import {
  bothShown,
  mediaTokens,
  shownBy,
  shownIn,
  shownTokensMax,
} from "../../../src/providers/mediaTokens";
import type { ProviderName } from "../../../src/providers/provider";

const atMs = Date.parse("2026-11-20T00:00:00Z");
const ONE = { imageCount: 1, fileTokensMax: 0 };

describe("a picture is at most", () => {
  test.each<[ProviderName, string, measured: number]>([
    // Eight tiles, as 2,048 × 768 pixels have; 1,024 × 1,024 were measured at 25,501.
    ["openai", "gpt-4o-mini", 48_169],
    ["openai", "gpt-4o-mini-2024-07-18", 48_169],
    ["openai", "ft:gpt-4o-mini-2024-07-18:acme::1", 48_169],
    ["openai_compatible", "openai/gpt-4o-mini", 48_169],
    ["openai", "gpt-4o", 85 + 8 * 170],
    ["openai", "gpt-4.1-nano", 3_779],
    ["openai", "gpt-5-nano", 3_779],
    ["openai", "gpt-4.1-mini", 2_489],
    ["openai", "o4-mini", 2_642],
    ["openai", "gpt-5", 70 + 8 * 140],
    ["openai", "gpt-6-astra", 2_942],
    ["openai_compatible", "openai/gpt-6-astra", 2_942],
    ["anthropic", "claude-haiku-4-5", 1_661],
    ["anthropic", "claude-opus-5-5", 4_784],
    ["google", "gemini-2.5-pro", 16 * 258],
    ["google", "gemini-3.5-flash", 1_120],
    ["openai_compatible", "qwen2.5-vl-72b", 16_384],
  ])("what %s's %s makes of one", (provider, model, measured) => {
    const held = shownTokensMax(ONE, { provider, model, atMs });
    expect(held).toBeGreaterThanOrEqual(measured);
    // And not as much for every model as for the dearest.
    expect(held).toBeLessThan(measured + 5_300);
  });
});

test("pictures and files are at most what the model can read, where that is what is counted", () => {
  const many = { imageCount: 1_000, fileTokensMax: 1_000_000 };
  const at = (provider: ProviderName, model: string) => ({ provider, model, atMs });
  expect(shownTokensMax(many, at("openai", "gpt-4o"))).toBe(128_000);
  expect(shownTokensMax(many, at("openai", "gpt-4o-mini"))).toBe(48_169_000 + 12_042_250);
  expect(shownTokensMax(many, at("openai_compatible", "llava-at-home"))).toBe(
    16_400_000 + 4_100_000,
  );
});

test("a PDF is one page at least, and may come to twice what is reckoned", () => {
  const file = (sizeBytes: number) => ({ kind: "file" as const, sizeBytes });
  expect(mediaTokens(file(300))).toBe(2_000);
  expect(mediaTokens(file(100_000))).toBe(4_000);
  expect(shownBy([file(300), file(100_000)])).toEqual({ imageCount: 0, fileTokensMax: 12_000 });
});

test("where a picture is many tokens, a page of a PDF is, too", () => {
  const page = { imageCount: 0, fileTokensMax: 4_000 };
  const at = (model: string) => ({ provider: "openai", model, atMs }) as const;
  expect(shownTokensMax(page, at("gpt-4o-mini"))).toBe(48_169);
  expect(shownTokensMax(page, at("gpt-4o"))).toBe(4_000);
});

test("all that is shown counts, wherever it stands", () => {
  const image = { kind: "image", contentType: "image/png", base64: "AAAA" } as const;
  const pdf = { kind: "file", contentType: "application/pdf", base64: "AAAA", name: "f" } as const;
  const at = { kind: "image_url", url: "https://pictures.example/cat.png" } as const;
  const text = { kind: "text", text: "What is it?" } as const;
  const shown = shownIn([
    { role: "user", content: [text, image, at] },
    { role: "assistant", content: [text] },
    { role: "user", content: [pdf, image] },
  ]);
  expect(shown).toEqual({ imageCount: 3, fileTokensMax: 4_000 });
  expect(bothShown(shown, shown)).toEqual({ imageCount: 6, fileTokensMax: 8_000 });
});
