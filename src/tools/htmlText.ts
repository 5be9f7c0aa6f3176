/** HTML as a reader sees it: its text, in lines, and where its links lead. */
import { Parser } from "htmlparser2";

/** What a reader does not see. */
const HIDDEN = new Set("script style noscript template svg canvas iframe object select".split(" "));
/** What stands in lines of its own. */
const BLOCKS = new Set(
  (
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 " +
    "head header hr li main nav ol p pre section table title tr ul"
  ).split(" "),
);
const LINK_LENGTH_MAX = 500;

/** @param base - The page's own address, which its links are relative to. */
export function htmlText(html: string, base: URL): string {
  const pieces: string[] = [];
  const links: (string | null)[] = [];
  let hidden = 0;
  const parser = new Parser({
    onopentag(name, { href }) {
      if (HIDDEN.has(name)) hidden += 1;
      else if (BLOCKS.has(name)) pieces.push(name === "li" ? "\n- " : "\n");
      else if (name === "td" || name === "th") pieces.push(" ");
      else if (name === "a") links.push(linkTo(href, base));
    },
    ontext(text) {
      // Its own lines mean nothing; those of blocks are put in between.
      if (hidden === 0) pieces.push(text.replace(/\s+/g, " "));
    },
    onclosetag(name) {
      const link = name === "a" ? links.pop() : null;
      if (HIDDEN.has(name)) hidden -= 1;
      else if (BLOCKS.has(name)) pieces.push("\n");
      else if (typeof link === "string" && hidden === 0) pieces.push(` <${link}>`);
    },
  });
  parser.end(html);
  return tidied(pieces.join(""));
}

/** Only what `http_get` could ask for. */
function linkTo(href: string | undefined, base: URL): string | null {
  if (href === undefined || href.startsWith("#")) return null;
  try {
    const url = new URL(href, base);
    return url.protocol === "https:" && url.href.length <= LINK_LENGTH_MAX ? url.href : null;
  } catch {
    return null;
  }
}

/** One space between words, and at most one line left free. */
function tidied(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/ +/g, " ").trim());
  return lines
    .filter((line, index) => line !== "" || (index > 0 && lines[index - 1] !== ""))
    .join("\n")
    .trim();
}
