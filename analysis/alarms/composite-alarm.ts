/**
 * The state of a composite alarm by those that it watches. Source: CloudWatch API Reference, PutCompositeAlarm, `AlarmRule`;
 * CloudWatch User Guide, "Create a composite alarm".
 */
import type { AlarmState } from "./evaluate";

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s"'()]+))\s*\)|(AND|OR|NOT|TRUE|FALSE|[()]))/y;

/**
 * ALARM where the rule holds, else OK, once the rule has been evaluated.
 *
 * @param states of the watched alarms by name
 * @throws where the rule cannot be read, or names an alarm that has no state
 */
export function compositeState(
  rule: string,
  states: Readonly<Record<string, AlarmState>>,
): AlarmState {
  const holds = new Rule(rule, states).either();
  return holds ? "ALARM" : "OK";
}

/** Names of the alarms that a rule watches. */
export function watchedAlarms(rule: string): string[] {
  return tokens(rule).flatMap(({ alarm }) => (alarm === undefined ? [] : [alarm]));
}

interface Token {
  readonly word: string;
  readonly alarm?: string;
}

function tokens(rule: string): Token[] {
  const found: Token[] = [];
  const token = new RegExp(TOKEN);
  const end = rule.trimEnd().length;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const match = token.exec(rule);
    if (match === null) throw new Error(`not a rule at ${at}: ${rule.slice(at)}`);
    const [, state, quoted, single, bare, word] = match;
    found.push(
      state === undefined ? { word: word! } : { word: state, alarm: (quoted ?? single ?? bare)! },
    );
  }
  return found;
}

class Rule {
  private readonly tokens: readonly Token[];
  private next = 0;

  public constructor(
    private readonly rule: string,
    private readonly states: Readonly<Record<string, AlarmState>>,
  ) {
    this.tokens = tokens(rule);
  }

  /** The whole rule, or what stands between parentheses. */
  public either(nested = false): boolean {
    let holds = this.both();
    while (this.took("OR")) {
      const other = this.both();
      holds = holds || other;
    }
    if (!nested && this.next < this.tokens.length) throw this.wrong();
    return holds;
  }

  private both(): boolean {
    let holds = this.term();
    while (this.took("AND")) {
      const other = this.term();
      holds = holds && other;
    }
    return holds;
  }

  private term(): boolean {
    if (this.took("NOT")) return !this.term();
    if (this.took("TRUE")) return true;
    if (this.took("FALSE")) return false;
    if (this.took("(")) {
      const holds = this.either(true);
      if (!this.took(")")) throw this.wrong();
      return holds;
    }
    const token = this.tokens[this.next];
    if (token?.alarm === undefined) throw this.wrong();
    this.next += 1;
    const state = this.states[token.alarm];
    if (state === undefined) throw new Error(`the rule watches ${token.alarm}, which has no state`);
    return state === token.word;
  }

  private took(word: string): boolean {
    const token = this.tokens[this.next];
    if (token?.word !== word || token.alarm !== undefined) return false;
    this.next += 1;
    return true;
  }

  private wrong(): Error {
    return new Error(
      `the rule ends or goes on unexpectedly at word ${this.next + 1}: ${this.rule}`,
    );
  }
}
