/** The beginning of the text, of at most `lengthMax` characters: half an emoji at its end could not be stored. */
export function beginningOf(text: string, lengthMax: number): string {
  const beginning = text.slice(0, lengthMax);
  return beginning.length < text.length ? beginning.replace(/[\uD800-\uDBFF]$/, "") : text;
}
