const KEY = "tenant";

/** The slug of the tenant that was looked at last in this browser. */
export function lastTenant(): string | null {
  return localStorage.getItem(KEY);
}

export function rememberTenant(slug: string): void {
  localStorage.setItem(KEY, slug);
}
