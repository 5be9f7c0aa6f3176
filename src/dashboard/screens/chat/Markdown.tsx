/**
 * What a model wrote. It is hostile until shown otherwise: no markup of its own, no pictures from anywhere (an address
 * can carry away what the model has read), and links that name where they go and tell nobody where from.
 */
import { memo, useEffect, useMemo, useRef, type ReactNode } from "react";
import {
  type Components,
  defaultRehypePlugins,
  defaultRemarkPlugins,
  Streamdown,
  type StreamdownProps,
  type UrlTransform,
} from "streamdown";
import { highlighter } from "./highlighter";
import { partsOf } from "./replyParts";

/** Out of sight it has no layout. */
const SETTLED = "[contain-intrinsic-size:auto_60rem] [content-visibility:auto]";
const LINK = /^(https?:\/\/|mailto:)/i;
const CONTROLS = {
  code: { copy: true, download: false },
  table: { copy: true, download: false },
  mermaid: false,
};
const PLUGINS = { code: highlighter };
const REMARK_PLUGINS = [...Object.values(defaultRemarkPlugins), lineBreaks];
/** Without the one that reads markup: it is shown as the text that it is. */
const REHYPE_PLUGINS = Object.entries(defaultRehypePlugins).flatMap(([name, plugin]) =>
  name === "raw" ? [] : [plugin],
) satisfies StreamdownProps["rehypePlugins"];
// Outside of the component, as the others: of a new one all that is there already would be rendered again.
const LINK_SAFETY = { enabled: false };

const safeUrl: UrlTransform = (url, key) => (key === "href" && LINK.test(url) ? url : "");

type Node = { type: string; value?: string; children?: Node[] };

/** `<br>` alone is read: in a table's cell Markdown has no other way to end a line, and models know that. */
function lineBreaks() {
  return function mark(node: Node) {
    if (node.type === "html" && /^<br *\/?>$/i.test(node.value ?? "")) node.type = "break";
    node.children?.forEach(mark);
  };
}

/** Where it goes, if its text says something else. */
function Whither({ href, text }: { href: string; text: string }) {
  const place = hostOf(href);
  if (text === place || hostOf(text) === place) return null;
  return <span className="text-subtle"> ({place})</span>;
}

/** Of what names one, as an address does. */
function hostOf(text: string): string {
  const address = /^[a-z]+:/i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return "";
  const { host, pathname } = new URL(address);
  return host === "" ? pathname : host;
}

function textOf(node: ReactNode): string {
  if (Array.isArray(node)) return node.map(textOf).join("");
  return typeof node === "string" ? node : "";
}

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href === undefined || href === "" ? (
      <span>{children}</span>
    ) : (
      <a
        href={href}
        title={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="text-accent underline"
      >
        {children}
        <Whither href={href} text={textOf(children)} />
      </a>
    ),
  img: ({ alt }) => <span className="text-subtle">[Picture: {alt ?? "without a text"}]</span>,
};

type MarkdownProps = { text: string; isWritten: boolean };

export default function Markdown({ text, isWritten }: MarkdownProps) {
  const parts = useParts(text);
  return (
    <div className="min-w-0 space-y-4 break-words">
      {parts.map((part, at) => {
        const isLast = at === parts.length - 1;
        return (
          <div key={at} className={isLast ? "" : SETTLED}>
            <Part text={part} isWritten={isWritten && isLast} />
          </div>
        );
      })}
    </div>
  );
}

function useParts(text: string): readonly string[] {
  const before = useRef<readonly string[]>([]);
  const parts = useMemo(() => partsOf(text, before.current), [text]);
  useEffect(() => {
    before.current = parts;
  }, [parts]);
  return parts;
}

const Part = memo(function Part({ text, isWritten }: MarkdownProps) {
  return (
    <Streamdown
      // Block by block, written or not: what stands there is not read again when its end has come.
      mode="streaming"
      isAnimating={isWritten}
      // They are counters of CSS, for which a browser goes through the whole document with each piece.
      lineNumbers={false}
      parseIncompleteMarkdown={isWritten}
      plugins={PLUGINS}
      remarkPlugins={REMARK_PLUGINS}
      rehypePlugins={REHYPE_PLUGINS}
      controls={CONTROLS}
      components={COMPONENTS}
      urlTransform={safeUrl}
      linkSafety={LINK_SAFETY}
    >
      {text}
    </Streamdown>
  );
});
