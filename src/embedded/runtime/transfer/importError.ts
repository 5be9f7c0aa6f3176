/** Why an import cannot be done, for the person who asked for it. Convex's wording where it has one. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}
