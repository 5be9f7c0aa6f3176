import { lazy, useState, type ComponentType } from "react";

/** So long what could not be loaded is shown as failed; whoever shows it after that loads it again. */
const FAILED_MS = 1_000;

/** What is loaded when it is first shown, or before: then it is there at once. */
export type Loaded<Props extends object> = ComponentType<Props> & {
  preload: () => Promise<unknown>;
};

/** `lazy`, but without its memory for failures: a network is back at some time. */
export function loaded<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): Loaded<Props> {
  let There: ComponentType<Props> | undefined;
  const preload = async () => {
    const found = await load();
    There = found.default;
    return found;
  };
  const make = () =>
    lazy(() =>
      preload().catch((error: unknown) => {
        setTimeout(() => {
          Part = make();
        }, FAILED_MS);
        throw error;
      }),
    );
  let Part = make();
  function Shown(props: Props) {
    // As long as it is shown it stays the same one. A lazy one would be waited for, loaded or not.
    const [Now] = useState<ComponentType<Props>>(() => There ?? (Part as ComponentType<Props>));
    return <Now {...props} />;
  }
  return Object.assign(Shown, { preload });
}
