/** Reads what came over the wire, or refuses it in one sentence that names the field. */
import type { z } from "zod";
import { RefusedRequest } from "./wire";

/** @throws RefusedRequest */
export function checked<Shape extends z.ZodType>(shape: Shape, value: unknown): z.infer<Shape> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new RefusedRequest(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}`);
}
