/** The syntax of metric math. Source: CloudWatch User Guide, "Metric math syntax and functions". */

export type MathNode =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly MathNode[] }
  | { readonly kind: "negative"; readonly of: MathNode }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly MathNode[] }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: MathNode;
      readonly right: MathNode;
    };

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|(&&|\|\||[<>=!]=|[-+*/^()[\],<>]))/y;

/** From the weakest to the strongest; those of a level from left to right. */
const LEVELS: readonly (readonly string[])[] = [
  ["OR", "||"],
  ["AND", "&&"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];

/** @throws where the text is not metric math, with the place */
export function parseMath(text: string): MathNode {
  const parser = new Parser(text);
  const node = parser.level(0);
  parser.end();
  return node;
}

class Parser {
  private readonly tokens: { readonly text: string; readonly at: number }[] = [];
  private next = 0;

  public constructor(private readonly text: string) {
    const token = new RegExp(TOKEN);
    const end = text.trimEnd().length;
    while (token.lastIndex < end) {
      const at = token.lastIndex;
      const match = token.exec(text);
      if (match === null) throw new Error(`not metric math at ${at}: ${text.slice(at)}`);
      this.tokens.push({ text: match[0].trim(), at });
    }
  }

  public level(depth: number): MathNode {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.unary();
    let left = this.level(depth + 1);
    for (;;) {
      const operator = this.tokens[this.next]?.text;
      if (operator === undefined || !operators.includes(operator)) return left;
      this.next += 1;
      left = { kind: "binary", operator, left, right: this.level(depth + 1) };
    }
  }

  public end(): void {
    if (this.next < this.tokens.length) this.fail("the end");
  }

  private unary(): MathNode {
    if (!this.took("-")) return this.primary();
    return { kind: "negative", of: this.unary() };
  }

  private primary(): MathNode {
    const token = this.tokens[this.next]?.text;
    if (token === undefined || !/^[\w([]/.test(token)) this.fail("a metric, number or function");
    this.next += 1;
    if (token === "(") {
      const inner = this.level(0);
      this.expect(")");
      return inner;
    }
    if (token === "[") return { kind: "list", items: this.list("]") };
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (this.took("(")) return { kind: "call", name: token, args: this.list(")") };
    return { kind: "id", name: token };
  }

  private list(end: string): MathNode[] {
    const items: MathNode[] = [];
    if (this.took(end)) return items;
    do items.push(this.level(0));
    while (this.took(","));
    this.expect(end);
    return items;
  }

  private took(token: string): boolean {
    if (this.tokens[this.next]?.text !== token) return false;
    this.next += 1;
    return true;
  }

  private expect(token: string): void {
    if (!this.took(token)) this.fail(token);
  }

  private fail(expected: string): never {
    const at = this.tokens[this.next]?.at ?? this.text.length;
    throw new Error(`metric math: expected ${expected} at ${at} of ${this.text}`);
  }
}
