import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef, type ReactNode } from "react";
import { Boundary } from "./Boundary";
import { IconButton } from "./Button";
import { useGivenBack } from "./focus";

type DialogProps = {
  title: string;
  hint?: ReactNode;
  /** Only its buttons close it: what it shows is not seen again. */
  isOnce?: boolean;
  close: () => void;
  children: ReactNode;
};

/**
 * Something to look at or to decide before the screen goes on. Escape and the cross close it, and a click beside it
 * unless it has a form: what was typed is not thrown away by a slip.
 */
export function Dialog({ title, hint, isOnce = false, close, children }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  const giveBack = useGivenBack();
  const described = hint === undefined ? { "aria-describedby": undefined } : {};
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && close()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          {...described}
          ref={content}
          onEscapeKeyDown={(event) => isOnce && event.preventDefault()}
          onInteractOutside={(event) => {
            const hasForm = (content.current?.getElementsByTagName("form").length ?? 0) > 0;
            if (isOnce || hasForm) event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveBack();
          }}
          className="border-line bg-surface fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[min(44rem,94vw)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border p-4 shadow-2xl"
        >
          <div className="mb-3 flex items-start justify-between gap-2">
            <div>
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {hint !== undefined && (
                <Radix.Description className="text-subtle">{hint}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close">
                <X aria-hidden />
              </IconButton>
            </Radix.Close>
          </div>
          <Boundary>{children}</Boundary>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
