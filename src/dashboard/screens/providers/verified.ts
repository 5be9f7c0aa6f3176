/** What a provider said to an account, as people read it. */
import type { Verified } from "../../../../convex/views/administration";

type Failed = Extract<Verified, { outcome: "failed" }>;

export function said(name: string, verified: Verified): { isGood: boolean; text: string } {
  switch (verified.outcome) {
    case "works":
      return { isGood: true, text: `"${name}" works: the provider takes its key.` };
    case "open":
      return {
        isGood: true,
        text: `"${name}" answers, and lists its models to anybody: whether the key is right, the first call will tell.`,
      };
    case "unusable":
      return { isGood: false, text: `"${name}" cannot be used. ${verified.detail}` };
    case "failed":
      return { isGood: false, text: `"${name}": ${failureText(verified)}` };
  }
}

function failureText({ failureClass, status }: Failed): string {
  switch (failureClass) {
    case "authentication":
      return "the provider does not take the key.";
    case "permission":
      return "the provider does not let the key list models. Calls may work all the same.";
    case "spend_limit":
      return "the provider takes the key, but its credit or limit is used up.";
    case "network":
      return "nobody can be reached at its address.";
    case "timeout":
      return "the provider did not answer in time. Try again.";
    case "rate_limited":
    case "overloaded":
      return "the provider has too much to do just now. Try again later.";
    case "server":
      return status === 200
        ? "what is at its address lists no models. The address may be wrong."
        : `the provider has trouble of its own${answered(status)}. Try again later.`;
    case "not_found":
    case "invalid_request":
    case "content_filtered":
    case "cut_stream":
      return `what is at its address does not know the question${answered(status)}. The address may be wrong.`;
  }
}

function answered(status: number | null): string {
  return status === null ? "" : ` (status ${status})`;
}
