/**
 * Examples that a test of Checkov writes as Python literals, in the form in which its reader of HCL returns a resource:
 * each value in a list, blocks as dictionaries. They become Terraform's text again.
 */

type Literal =
  string | number | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

/** The resource of a literal such as `{'name': ['a']}`, as text. Throws where it is no literal. */
export function resourceOf(type: string, name: string, python: string): string {
  const value = new Literals(python).value();
  return `resource "${type}" "${name}" {\n${bodyOf(value as Readonly<Record<string, Literal>>)}\n}\n`;
}

function bodyOf(entries: Readonly<Record<string, Literal>>): string {
  return Object.entries(entries)
    .map(([key, given]) => {
      const list: readonly Literal[] = Array.isArray(given) ? (given as Literal[]) : [given];
      const inner: readonly Literal[] = list.flat();
      const isBlock = inner.length > 0 && inner.every(isDictionary);
      return isBlock
        ? inner.map((one) => `${key} {\n${bodyOf(one as Record<string, Literal>)}\n}`).join("\n")
        : `${key} = ${textOf(list[0] ?? null)}`;
    })
    .join("\n");
}

const isDictionary = (value: Literal) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textOf(value: Literal): string {
  if (Array.isArray(value)) {
    return `[${(value as Literal[]).map(textOf).join(", ")}]`;
  }
  return isDictionary(value)
    ? `{ ${Object.entries(value as Record<string, Literal>)
        .map(([key, one]) => `${JSON.stringify(key)} = ${textOf(one)}`)
        .join(", ")} }`
    : JSON.stringify(value);
}

const WORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

class Literals {
  private at = 0;

  public constructor(private readonly text: string) {}

  public value(): Literal {
    this.skip();
    const first = this.text[this.at];
    if (first === "{") {
      return Object.fromEntries(
        this.items("{", "}", () => {
          const key = this.value();
          this.need(":");
          return [typeof key === "string" ? key : JSON.stringify(key), this.value()] as const;
        }),
      );
    }
    if (first === "[") {
      return this.items("[", "]", () => this.value());
    }
    const string = this.take(/r?("""|''')([\s\S]*?)\1|r?(["'])((?:\\.|(?!\3)[^\\\n])*)\3/y);
    if (string !== undefined) {
      return unescaped(string[2] ?? string[4]!);
    }
    const word = this.take(/True|False|None|-?\d+(\.\d+)?/y)?.[0];
    if (word === undefined) {
      throw new Error(`no literal at ${this.text.slice(this.at, this.at + 20)}`);
    }
    return Object.hasOwn(WORDS, word) ? WORDS[word]! : Number(word);
  }

  private items<T>(open: string, close: string, read: () => T): T[] {
    this.need(open);
    const found: T[] = [];
    for (;;) {
      this.skip();
      if (this.text[this.at] === close) {
        this.at += 1;
        return found;
      }
      found.push(read());
      this.skip();
      if (this.text[this.at] === ",") {
        this.at += 1;
      }
    }
  }

  private skip(): void {
    this.take(/(\s|#[^\n]*)*/y);
  }

  private need(sign: string): void {
    this.skip();
    if (this.text[this.at] !== sign) {
      throw new Error(`expected ${sign} at ${this.text.slice(this.at, this.at + 20)}`);
    }
    this.at += 1;
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found ?? undefined;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(\n|.)/g, (_, sign: string) =>
    sign === "n" ? "\n" : sign === "\n" ? "" : sign,
  );
}
