/** What the permissions mean that the product itself checks; publishers may ask for others, in words of their own. */
const MEANINGS: Readonly<Record<string, string>> = {
  "network.http.get": "Reads from its server",
  "network.http.post": "Sends to its server, and may change something there",
  "network.http.put": "Changes something at its server",
  "network.http.patch": "Changes something at its server",
  "network.http.delete": "Deletes something at its server",
};

export function meaningOf(permission: string): string {
  return MEANINGS[permission] ?? "In its publisher's words";
}
