import type { Diagnostic } from "../../../analysis/plan/model";
import { packageOf } from "./registration";

/** What a preview does not know, as warnings: one for each kind of gap. */
export class Gaps {
  private readonly components = new Map<string, string[]>();
  private readonly unanswered = new Map<string, string>();
  private readonly assumptions = new Set<string>();
  private readonly encrypted = new Set<string>();
  private readonly others: string[] = [];

  /** A component whose children a provider plugin registers. */
  component(type: string, name: string): void {
    const names = this.components.get(type) ?? [];
    this.components.set(type, [...names, name]);
  }

  /** A data source whose result is unknown. `lines` give it an answer. */
  answer(token: string, lines: string): void {
    this.unanswered.set(`${token}\0${lines}`, lines);
  }

  /** A value that a preview assumes because only AWS knows it. */
  assume(what: string): void {
    this.assumptions.add(what);
  }

  /** An encrypted setting that the program reads as a plain value. */
  setting(key: string): void {
    this.encrypted.add(key);
  }

  /** Encrypted settings of a preview with the SDK as it is, whose `parseFloat` makes 4 of the marker for an unknown value. */
  plainly(keys: readonly string[]): void {
    if (keys.length === 0) return;
    this.leftOut(
      `encrypted, so unknown: ${keys.join(", ")} (-c KEY=VALUE gives a value; with --plain one that is read as a number is 4)`,
    );
  }

  /** What the preview leaves out, in a line of its own. */
  leftOut(line: string): void {
    this.others.push(line);
  }

  /** All of it, as the report shows it. */
  get diagnostics(): Diagnostic[] {
    const warning = (message: string): Diagnostic => ({ severity: "warning", message });
    return [
      ...this.others.map(warning),
      ...(this.encrypted.size ? [warning(this.settings())] : []),
      ...[...this.assumptions].map((what) => warning(`assumed: ${what}`)),
      ...[...this.components].map(([type, names]) =>
        warning(
          `children not shown, outputs unknown: ${type} (${names.join(", ")}), by the plugin of ${packageOf(type)}`,
        ),
      ),
      ...(this.unanswered.size ? [warning(this.missing())] : []),
    ];
  }

  private settings(): string {
    return `encrypted, so unknown: ${[...this.encrypted].join(", ")} (-c KEY=VALUE gives a value; no \`if\` or \`===\` on it is noticed)`;
  }

  /** Its first line stands alone in a summary. */
  private missing(): string {
    const tokens = [...new Set([...this.unanswered.keys()].map((key) => key.split("\0")[0]))];
    return (
      `unanswered, so unknown: ${tokens.join(", ")} (--answers FILE; --resources shows its lines; no \`if\` or \`===\` on it is noticed)\n` +
      [...this.unanswered.values()].join("\n")
    );
  }
}
