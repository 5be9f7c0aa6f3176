/** Whether a source file asks for Node.js: a `"use node"` directive before its first statement. */
export function hasUseNodeDirective(source: string): boolean {
  if (!source.includes("use node")) return false;
  let rest = source.startsWith("#!") ? source.slice(source.indexOf("\n") + 1) : source;
  for (;;) {
    rest = rest.replace(SPACE_OR_COMMENT, "");
    const directive = DIRECTIVE.exec(rest);
    if (directive === null) return false;
    if (directive[2] === "use node") return true;
    rest = rest.slice(directive[0].length);
  }
}

const SPACE_OR_COMMENT = /^(?:[\s;]|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/;
/** A string that is a whole statement: what follows it must end the statement. */
const DIRECTIVE = /^(["'])((?:(?!\1)[^\\\n])*)\1(?=\s*(?:;|\}|$|\n|\/[/*]))/;
