/** What is written and what is pressed can be told from what it stands on, in both themes (WCAG 2.2: 1.4.3, 1.4.11). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const CSS = readFileSync("src/dashboard/styles.css", "utf8");

type Colours = ReadonlyMap<string, string>;

function coloursOf(selector: string): Colours {
  const block = CSS.slice(CSS.indexOf(`${selector} {`));
  const lines = block.slice(0, block.indexOf("}")).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g);
  return new Map([...lines].map(([, name = "", colour = ""]) => [name, colour]));
}

const LINEAR_MAX = 0.03928;
function luminanceOf(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= LINEAR_MAX ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrastOf(colours: Colours, [one, other]: readonly [string, string]): number {
  const [a = 0, b = 0] = [one, other].map((name) => luminanceOf(colours.get(name) ?? ""));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const GROUNDS = ["canvas", "surface", "sunken"] as const;
const TONES = ["accent", "good", "warn", "bad"] as const;

describe.each([":root", '[data-theme="dark"]'])("%s", (selector) => {
  const colours = coloursOf(selector);

  test("texts have 4.5 to 1", () => {
    const pairs = [
      ...GROUNDS.flatMap((ground) => [["ink", ground] as const, ["subtle", ground] as const]),
      ...TONES.map((tone) => [tone, `${tone}-soft`] as const),
      ...TONES.map((tone) => [tone, "surface"] as const),
      ["accent-ink", "accent"] as const,
      ["subtle", "accent-soft"] as const,
    ];
    for (const pair of pairs) expect(contrastOf(colours, pair), pair.join()).toBeGreaterThan(4.5);
  });

  test("edges of what is filled in and pressed, and the focus, have 3 to 1", () => {
    const pairs = GROUNDS.flatMap((ground) => [
      ["control", ground] as const,
      ["accent", ground] as const,
    ]);
    for (const pair of pairs) expect(contrastOf(colours, pair), pair.join()).toBeGreaterThan(3);
  });
});
