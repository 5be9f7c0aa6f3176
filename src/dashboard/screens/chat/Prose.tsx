import { lazy, memo, Suspense } from "react";

const Markdown = lazy(() => import("./Markdown"));

/** What a model wrote, as Markdown; while that is being loaded, as it is. */
export const Prose = memo(function Prose({
  text,
  isWritten,
}: {
  text: string;
  isWritten: boolean;
}) {
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
      <Markdown text={text} isWritten={isWritten} />
    </Suspense>
  );
});
