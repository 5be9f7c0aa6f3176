/**
 * Workers that die at a chosen place: before or after one of the calls with which a worker reads and writes what it
 * works on. From then on nothing of theirs happens any more, as with a process that was killed; only, other than a
 * killed one's, their provider may still be talking to them.
 */
import type { GenericActionCtx } from "convex/server";
import type { DataModel } from "../../convex/_generated/dataModel";
import { internalAction } from "../../convex/_generated/server";

type Ctx = GenericActionCtx<DataModel>;
type Way = "runMutation" | "runQuery" | "runAction";
type Call = (reference: unknown, args: unknown) => Promise<unknown>;
type Handler = (ctx: Ctx, args: Record<string, unknown>) => Promise<unknown>;

export type Death = Readonly<{ atCall: number; when: "before" | "after" }>;

/** Whether and where a worker dies. One dies, whichever comes to the place; those after it live. */
export class Fate {
  /** Calls made by workers so far. */
  calls = 0;
  /** From the moment at which the death is certain; `died` says when it has come. */
  hasStruck = false;
  readonly died: Promise<void>;
  readonly #death: Death | null;
  #noteDeath: () => void = () => undefined;

  constructor(death: Death | null) {
    this.#death = death;
    this.died = new Promise((resolve) => {
      this.#noteDeath = resolve;
    });
  }

  /** The module with its actions, whose workers are subject to this fate. */
  over(module: object): object {
    const functions = Object.entries(module).map(([name, value]) => [name, this.#mortal(value)]);
    return Object.fromEntries(functions);
  }

  #mortal(value: unknown): unknown {
    if (typeof value !== "function" || !("isAction" in value)) return value;
    const { _handler: handler } = value as unknown as { _handler: Handler };
    return internalAction((ctx: Ctx, args: Record<string, unknown>) =>
      handler(this.#worker(ctx), args),
    );
  }

  /** The context of a worker. */
  #worker(ctx: Ctx): Ctx {
    let isDead = false;
    const die = async (): Promise<never> => {
      isDead = true;
      this.#noteDeath();
      return await new Promise<never>(() => undefined);
    };
    const lethal =
      (call: Call): Call =>
      async (reference, args) => {
        if (isDead) return await die();
        const strikes = this.calls++ === this.#death?.atCall;
        if (strikes) this.hasStruck = true;
        if (strikes && this.#death?.when === "before") return await die();
        const result = await call(reference, args);
        return strikes || isDead ? await die() : result;
      };
    const { runMutation, runQuery, runAction } = ctx as unknown as Record<Way, Call>;
    return {
      ...ctx,
      runMutation: lethal(runMutation),
      runQuery: lethal(runQuery),
      runAction: lethal(runAction),
    } as Ctx;
  }
}
