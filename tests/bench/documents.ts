/** What is stored while measuring: messages of about 0.9 KB. */

export const PROJECT = "tests/fixtures/projects/bench";
export const BODY = "The quick brown fox jumps over the lazy dog. ".repeat(18);
export const CHANNEL = "general";
/** Documents that are there but are not what is asked for. */
export const FILLING_CHANNEL = "elsewhere";
export const FILL_COUNT = 500;
