/** What stands in for `screens/chat/Markdown.tsx` beside it: the usual renderer, which reads all of the text for each piece. */
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

const PLUGINS = [remarkGfm];

export default function PlainMarkdown({ text }: { text: string }) {
  return <ReactMarkdown remarkPlugins={PLUGINS}>{text}</ReactMarkdown>;
}
