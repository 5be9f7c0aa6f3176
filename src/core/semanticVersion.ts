/** Versions of skills: three numbers, as https://semver.org has them, without pre-releases and builds. */

const FORM = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

export function isSemanticVersion(text: string): boolean {
  return FORM.test(text);
}

/** Above 0 when the one is newer than the other, 0 when they are the same. Both are semantic versions. */
export function compareVersions(one: string, other: string): number {
  const numbers = other.split(".").map(Number);
  const differences = one.split(".").map((part, at) => Number(part) - (numbers[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
