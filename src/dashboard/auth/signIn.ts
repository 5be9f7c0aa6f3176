/**
 * The sign-in of this browser. The refresh token is a cookie that no script can read; the access token stays in
 * memory, so that a reload asks for another one.
 */
import type { AppErrorData } from "../../core/errors";
import { textOf } from "../data/failures";
import { claimsOf, type Claims } from "./claims";
import { textsIn } from "../data/json";

type Access = Claims & { accessToken: string };

export type SignInState = "unknown" | "signed_in" | "signed_out";

/** Whether there may be a cookie, which no script sees: strangers' browsers need not ask. */
const HINT = "signed-in";
/** Whose tab it was. */
const PERSON = "person";
const NOBODY = 401;
const GONE = 404;
export const TOO_MANY = 429;
/** Other tabs hear of it here. */
const CHANNEL = "agentik-sign-in";
/** Of all tabs one at a time changes the cookie: answers that cross would leave the wrong one. */
const LOCK = "agentik-sign-in";
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 10_000;
/** So long nobody else is kept waiting. */
const ANSWER_MS = 30_000;
/** A token that is about to expire is as good as expired: the answer has to arrive, too. */
const MARGIN_MS = 30_000;

export const UNREACHABLE =
  "The deployment cannot be reached. Check the connection, then try again.";

export const TOO_MANY_TRIES = "There were too many tries. Wait some minutes, then try again.";

export class SignIn {
  private access: Access | null = null;
  private state: SignInState = "unknown";
  private asking: Promise<Access | null> | null = null;
  /** Another one when somebody has come in or gone: what was asked before is not about them. */
  private epoch = 0;
  private readonly listeners = new Set<() => void>();
  private readonly tabs = new BroadcastChannel(CHANNEL);

  constructor(private readonly siteUrl: string) {
    this.tabs.addEventListener("message", ({ data }: MessageEvent<SignInState>) => {
      if (data === "signed_out") this.leave();
      // Somebody else may be signed in now: nothing that is shown here may stay.
      else window.location.reload();
    });
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = (): SignInState => this.state;

  /** @returns Null where nobody is signed in. */
  async token({ isForced }: { isForced: boolean }): Promise<string | null> {
    const isFresh = this.access !== null && this.access.expiresAt - MARGIN_MS > Date.now();
    const access = isFresh && !isForced ? this.access : await this.refresh();
    return access?.accessToken ?? null;
  }

  /**
   * Load the page anew when it went well: nothing of whoever was there before may stay.
   *
   * @returns What went wrong, for the person to read; null when it went well.
   */
  async withPassword(email: string, password: string): Promise<string | null> {
    const answer = await this.enter("sign-in", { email, password });
    if (answer.status === NOBODY) return "No account has this address and this password.";
    return problemOf(answer);
  }

  /** Uses up an invitation: an account for its address, and a sign-in. Otherwise as `withPassword`. */
  async withInvitation(fields: { token: string; name: string; password: string }) {
    const answer = await this.enter("invitations/accept", fields);
    if (answer.ok) return null;
    if (answer.status === GONE) return "This link is no invitation's. Copy all of it.";
    if (answer.status === TOO_MANY) return problemOf(answer);
    const { error } = (await answer.json()) as { error: AppErrorData };
    return textOf(error);
  }

  /** Uses up a link that signs in. Otherwise as `withPassword`. */
  async withLink(token: string): Promise<string | null> {
    const answer = await this.enter("link", { token });
    if (answer.status === GONE) return "This link was used, or has expired. Ask for another one.";
    return problemOf(answer);
  }

  /** Here and in all tabs at once, so that nothing asks in vain; then at the deployment, as soon as it answers. */
  async signOut(): Promise<void> {
    this.leave();
    this.tabs.postMessage("signed_out" satisfies SignInState);
    await this.untilAnswered("sign-out", () => Promise.resolve());
  }

  private leave(): void {
    this.epoch += 1;
    this.set(null);
    sessionStorage.clear();
  }

  private async enter(path: string, fields: Record<string, string>): Promise<Response> {
    return await navigator.locks.request(LOCK, async () => {
      const answer = await this.post(path, { ...fields, delivery: "cookie" });
      if (answer.ok) {
        this.epoch += 1;
        localStorage.setItem(HINT, "yes");
        this.tabs.postMessage("signed_in" satisfies SignInState);
      }
      return answer;
    });
  }

  /** Whoever asks meanwhile gets the same answer: each refresh token is good for one use. */
  private refresh(): Promise<Access | null> {
    this.asking ??= this.askAgain().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async askAgain(): Promise<Access | null> {
    if (localStorage.getItem(HINT) === null) return this.set(null);
    await this.untilAnswered("refresh", async (answer) => {
      this.set(answer.ok ? accessIn(await answer.json()) : null);
    });
    return this.access;
  }

  /**
   * Asks until there is an answer: nobody is signed out because a network or a deployment is away for a while. No
   * longer, though, than it is about whoever is there.
   */
  private async untilAnswered(
    path: string,
    take: (answer: Response) => Promise<void>,
  ): Promise<void> {
    const { epoch } = this;
    const ask = async (): Promise<boolean> => {
      if (epoch !== this.epoch) return true;
      const answer = await this.post(path, {}).catch(() => null);
      const isAnswer = answer?.ok === true || answer?.status === NOBODY;
      if (isAnswer && epoch === this.epoch) await take(answer);
      return isAnswer;
    };
    for (let waitMs = RETRY_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      if (await navigator.locks.request(LOCK, ask)) return;
      await new Promise((done) => setTimeout(done, waitMs));
    }
  }

  private async post(path: string, body: Record<string, string>): Promise<Response> {
    return await fetch(`${this.siteUrl}/auth/${path}`, {
      method: "POST",
      credentials: "include",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  }

  private set(access: Access | null): Access | null {
    this.access = access;
    if (access === null) localStorage.removeItem(HINT);
    else {
      localStorage.setItem(HINT, "yes");
      keepTabOf(access.person);
    }
    const state = access === null ? "signed_out" : "signed_in";
    if (state !== this.state) {
      this.state = state;
      for (const listener of this.listeners) listener();
    }
    return access;
  }
}

function problemOf({ ok, status }: Response): string | null {
  if (ok) return null;
  if (status === TOO_MANY) return TOO_MANY_TRIES;
  return "The deployment did not let you in. Try again.";
}

/** What a tab has stored, such as what was being written, is for the eyes of whoever wrote it. */
function keepTabOf(person: string): void {
  if (sessionStorage.getItem(PERSON) !== person) sessionStorage.clear();
  sessionStorage.setItem(PERSON, person);
}

function accessIn(json: unknown): Access {
  const { accessToken } = textsIn(json, ["accessToken"]);
  return { accessToken, ...claimsOf(accessToken) };
}
