import { lazy, type ComponentType } from "react";

/** So long what could not be loaded is shown as failed; whoever shows it after that loads it again. */
const FAILED_MS = 1_000;

/** `lazy`, but without its memory for failures: a network is back at some time. */
export function loaded<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  const make = () =>
    lazy(() =>
      load().catch((error: unknown) => {
        setTimeout(() => {
          Part = make();
        }, FAILED_MS);
        throw error;
      }),
    );
  let Part = make();
  return function Loaded(props: Props) {
    const Now = Part as ComponentType<Props>;
    return <Now {...props} />;
  };
}
