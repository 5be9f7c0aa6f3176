import { memo, Suspense } from "react";
import { Boundary } from "../../ui/Boundary";
import { loaded } from "../../ui/loaded";

const Markdown = loaded(() => import("./Markdown"));

/** What a model wrote, as Markdown; while that is not loaded, as it is. */
export const Prose = memo(function Prose({
  text,
  isWritten,
}: {
  text: string;
  isWritten: boolean;
}) {
  const plain = <p className="break-words whitespace-pre-wrap">{text}</p>;
  return (
    <Boundary of={text} instead={plain}>
      <Suspense fallback={plain}>
        <Markdown text={text} isWritten={isWritten} />
      </Suspense>
    </Boundary>
  );
});
