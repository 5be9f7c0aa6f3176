import type { Rejection, Thrown } from "./link";

const CONVEX_ERROR = Symbol.for("ConvexError");

/** Describes what a function threw. It never throws itself, whatever the value does when it is read. */
export function describeThrown(value: unknown): Thrown {
  try {
    if (typeof value !== "object" || value === null) return { message: String(value), stack: "" };
    const error = value as Record<PropertyKey, unknown>;
    const thrown: Thrown = {
      message: headline(error),
      stack: typeof error["stack"] === "string" ? error["stack"] : "",
    };
    // The bundle has replaced the data by its JSON text and says so with this property.
    if (error["ConvexErrorSymbol"] === CONVEX_ERROR && typeof error["data"] === "string") {
      thrown.data = error["data"];
    }
    return thrown;
  } catch {
    return { message: "a value that cannot be shown", stack: "" };
  }
}

function headline(error: Record<PropertyKey, unknown>): string {
  if (typeof error["message"] !== "string") return JSON.stringify(error);
  const name = typeof error["name"] === "string" && error["name"] !== "" ? error["name"] : "Error";
  return error["message"] === "" ? name : `${name}: ${error["message"]}`;
}

/** The error that the `convex` package expects from a failed syscall: it reads `message` and `data`. */
export function toSyscallError({ message, data }: Rejection): Error {
  const error = new Error(message);
  return data === undefined ? error : Object.assign(error, { data: JSON.parse(data) as unknown });
}
