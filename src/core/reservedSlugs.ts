/** No slugs of tenants: in the dashboard's addresses they are pages of its own, or files. */
export const RESERVED_SLUGS: ReadonlySet<string> = new Set(["assets", "enter", "open"]);
