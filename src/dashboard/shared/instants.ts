const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** A sentence of the deployment's, with its instants in the reader's own time. */
export function withLocalTimes(sentence: string): string {
  return sentence.replace(INSTANT, (instant) => new Date(instant).toLocaleString());
}
