/**
 * Reads files of Terraform's language, as far as public examples use it. Nothing is evaluated here; what cannot be
 * read (a `for` expression, a splat) is an expression of its own kind.
 * Grammar: HCL native syntax specification, hashicorp/hcl, hclsyntax/spec.md.
 */

/** An expression of a file. */
export type Expression =
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  | { readonly kind: "template"; readonly parts: readonly Expression[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Expression, Expression])[] }
  /** `aws_s3_bucket.logs.id`; indexes and splats are left out of the path. */
  | { readonly kind: "reference"; readonly path: readonly string[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  /** Its operands, so that what they refer to is not lost. */
  | { readonly kind: "other"; readonly parts: readonly Expression[] };

/** A block, such as `resource "aws_s3_bucket" "logs" { ... }`. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: Body;
}

/** What stands between braces. */
export interface Body {
  readonly attributes: ReadonlyMap<string, Expression>;
  readonly blocks: readonly Block[];
}

/** Reads a file. Throws with the line where it cannot. */
export function parseHcl(text: string): Body {
  return new Reader(text).body(true);
}

const WORD = /[A-Za-z_][\w-]*/y;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const SPACE = /([ \t\r]|\/\*[\s\S]*?\*\/)*/y;
const LINES = /(\s|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[<>+*/%?:-]/y;
const HEREDOC = /<<-?(\w+)[ \t\r]*\n/y;

class Reader {
  private at = 0;

  public constructor(private readonly text: string) {}

  public body(whole: boolean): Body {
    const attributes = new Map<string, Expression>();
    const blocks: Block[] = [];
    for (;;) {
      this.skip(LINES);
      if (whole ? this.at >= this.text.length : this.take("}")) {
        return { attributes, blocks };
      }
      const name = this.text[this.at] === '"' ? this.quoted() : this.need(WORD, "a name");
      this.skip(SPACE);
      if (this.text[this.at] === "=" && this.text[this.at + 1] !== "=") {
        this.at += 1;
        attributes.set(name, this.expression());
      } else {
        blocks.push(this.block(name));
      }
      this.take(",");
    }
  }

  private block(type: string): Block {
    const labels: string[] = [];
    for (;;) {
      this.skip(LINES);
      if (this.take("{")) {
        return { type, labels, body: this.body(false) };
      }
      labels.push(this.text[this.at] === '"' ? this.quoted() : this.need(WORD, "a label or {"));
    }
  }

  private quoted(): string {
    const parts = this.template();
    return parts.map((part) => (part.kind === "value" ? String(part.value) : "")).join("");
  }

  private expression(): Expression {
    this.skip(LINES);
    let left = this.unary();
    for (;;) {
      const here = this.at;
      this.skip(LINES);
      const operator = this.match(OPERATOR);
      // A `:` closes the middle of a condition, or follows a key of an object.
      if (operator === undefined || operator === ":") {
        this.at = here;
        return left;
      }
      const parts = [left, this.expression()];
      if (operator === "?") {
        this.skip(LINES);
        this.take(":");
        parts.push(this.expression());
      }
      left = { kind: "other", parts };
    }
  }

  private unary(): Expression {
    if (this.take("!")) {
      return { kind: "other", parts: [this.unary()] };
    }
    if (this.take("-")) {
      const value = this.unary();
      return value.kind === "value" ? { kind: "value", value: -Number(value.value) } : value;
    }
    return this.postfix(this.primary());
  }

  private primary(): Expression {
    const number = this.match(NUMBER);
    if (number !== undefined) {
      return { kind: "value", value: Number(number) };
    }
    if (this.text[this.at] === '"') {
      return whole(this.template());
    }
    if (this.take("[")) {
      return this.list("]");
    }
    if (this.take("{")) {
      return this.object();
    }
    if (this.take("(")) {
      const inner = this.expression();
      this.skip(LINES);
      this.take(")");
      return inner;
    }
    const heredoc = this.match(HEREDOC);
    if (heredoc !== undefined) {
      return this.heredoc(/\w+/.exec(heredoc)![0], heredoc.startsWith("<<-"));
    }
    const word = this.need(WORD, "a value");
    if (this.take("(")) {
      const { items } = this.list(")") as Expression & { kind: "list" };
      return { kind: "call", name: word, args: items };
    }
    const constant = { true: true, false: false, null: null }[word];
    return constant === undefined
      ? { kind: "reference", path: [word] }
      : { kind: "value", value: constant };
  }

  /** What follows a value: `.name`, `[0]`, `.*`, `...`. */
  private postfix(value: Expression): Expression {
    for (;;) {
      if (this.text.startsWith("...", this.at)) {
        this.at += 3;
      } else if (this.text[this.at] === "." && /[\w*]/.test(this.text[this.at + 1] ?? "")) {
        this.at += 1;
        const name = this.match(WORD) ?? this.match(NUMBER);
        if (name === undefined) {
          this.at += 1;
        } else if (value.kind === "reference" && !/^\d/.test(name)) {
          value = { kind: "reference", path: [...value.path, name] };
        }
      } else if (this.take("[")) {
        this.skip(LINES);
        const index = this.take("*") ? undefined : this.expression();
        this.skip(LINES);
        this.take("]");
        if (index?.kind === "value" && typeof index.value === "string") {
          value =
            value.kind === "reference"
              ? { kind: "reference", path: [...value.path, index.value] }
              : value;
        }
      } else {
        return value;
      }
    }
  }

  private list(close: string): Expression {
    const items: Expression[] = [];
    for (;;) {
      this.skip(LINES);
      if (this.take(close)) {
        return { kind: "list", items };
      }
      if (/for\s/y.test(this.text.slice(this.at, this.at + 4))) {
        return this.skipped(close);
      }
      items.push(this.expression());
      this.skip(LINES);
      this.take(",");
    }
  }

  private object(): Expression {
    const entries: (readonly [Expression, Expression])[] = [];
    for (;;) {
      this.skip(LINES);
      if (this.take("}")) {
        return { kind: "object", entries };
      }
      if (/for\s/y.test(this.text.slice(this.at, this.at + 4))) {
        return this.skipped("}");
      }
      const key = this.unary();
      this.skip(LINES);
      // A block inside of an object, as Terraform 0.11 had it, needs neither.
      if (!this.take("=") && !this.take(":") && this.text[this.at] !== "{") {
        throw this.fault("= or :");
      }
      const name = key.kind === "reference" ? key.path.join(".") : undefined;
      entries.push([name === undefined ? key : { kind: "value", value: name }, this.expression()]);
      this.skip(LINES);
      this.take(",");
    }
  }

  /** A `for` expression: read over. */
  private skipped(close: string): Expression {
    const open = close === "]" ? "[" : "{";
    for (let depth = 1; depth > 0 && this.at < this.text.length; this.at += 1) {
      const here = this.text[this.at]!;
      depth += here === open ? 1 : here === close ? -1 : 0;
    }
    return { kind: "other", parts: [] };
  }

  /** The parts of a text in quotes. */
  private template(): Expression[] {
    this.at += 1;
    const parts: Expression[] = [];
    let text = "";
    for (;;) {
      const here = this.text[this.at];
      if (here === undefined) {
        throw this.fault('"');
      }
      if (here === '"') {
        this.at += 1;
        return [...parts, { kind: "value", value: text }];
      }
      if (here === "\\") {
        const next = this.text[this.at + 1]!;
        text += { n: "\n", t: "\t", r: "\r" }[next] ?? next;
        this.at += 2;
      } else if (/^\$\$\{|^%%\{/.test(this.text.slice(this.at, this.at + 3))) {
        text += this.text.slice(this.at + 1, this.at + 3);
        this.at += 3;
      } else if (this.text.startsWith("${", this.at) || this.text.startsWith("%{", this.at)) {
        parts.push({ kind: "value", value: text }, this.interpolation());
        text = "";
      } else {
        text += here;
        this.at += 1;
      }
    }
  }

  private interpolation(): Expression {
    this.at += 2;
    const inner = this.expression();
    this.skip(LINES);
    if (!this.take("}")) {
      throw this.fault("}");
    }
    return inner;
  }

  private heredoc(end: string, indented: boolean): Expression {
    const rest = this.text.slice(this.at);
    const found = new RegExp(`^[ \\t]*${end}[ \\t\\r]*$`, "m").exec(rest);
    if (found === null) {
      throw this.fault(end);
    }
    this.at += found.index + found[0].length;
    const lines = rest.slice(0, found.index);
    const text = indented ? lines.replace(/^[ \t]+/gm, "") : lines;
    const parts: Expression[] = [];
    let from = 0;
    for (const match of text.matchAll(/(\$?)\$\{([^}]*)\}/g)) {
      if (match[1] === "$") {
        parts.push({ kind: "value", value: `${text.slice(from, match.index)}\${${match[2]}}` });
      } else {
        parts.push({ kind: "value", value: text.slice(from, match.index) });
        parts.push(new Reader(match[2]!).expression());
      }
      from = match.index + match[0].length;
    }
    return whole([...parts, { kind: "value", value: text.slice(from) }]);
  }

  private skip(pattern: RegExp): void {
    this.match(pattern);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private take(text: string): boolean {
    const taken = this.text.startsWith(text, this.at);
    this.at += taken ? text.length : 0;
    return taken;
  }

  private need(pattern: RegExp, what: string): string {
    const found = this.match(pattern);
    if (found === undefined) {
      throw this.fault(what);
    }
    return found;
  }

  private fault(expected: string): Error {
    const line = this.text.slice(0, this.at).split("\n").length;
    const got = this.text.slice(this.at, this.at + 20).split("\n")[0];
    return new Error(`line ${line}: expected ${expected}, got ${got}`);
  }
}

function whole(parts: readonly Expression[]): Expression {
  const full = parts.filter((part) => part.kind !== "value" || part.value !== "");
  if (full.length === 0) {
    return { kind: "value", value: "" };
  }
  return full.length === 1 ? full[0]! : { kind: "template", parts: full };
}
