import type { Diagnostic } from "../../../analysis/plan/model";
import { packageOf } from "./registration";

/** What a preview does not know, as warnings: one for each kind of gap, however often it is met. */
export class Gaps {
  private readonly components = new Map<string, string[]>();
  private readonly unanswered = new Map<string, string>();
  private readonly assumptions = new Set<string>();

  /** A component whose children a provider plugin registers. */
  component(type: string, name: string): void {
    const names = this.components.get(type) ?? [];
    this.components.set(type, [...names, name]);
  }

  /** A data source whose result is unknown. `lines` give it an answer. */
  answer(token: string, lines: string): void {
    this.unanswered.set(`${token}\0${lines}`, lines);
  }

  /** A value that a preview takes where only AWS knows it. */
  assume(what: string): void {
    this.assumptions.add(what);
  }

  /** All of it, as the report shows it. */
  get diagnostics(): Diagnostic[] {
    const warning = (message: string): Diagnostic => ({ severity: "warning", message });
    return [
      ...[...this.assumptions].map((what) => warning(`assumed: ${what}`)),
      ...[...this.components].map(([type, names]) =>
        warning(
          `${type} (${names.join(", ")}): the provider plugin of ${packageOf(type)} registers the children; ` +
            "they are not shown and the outputs are unknown",
        ),
      ),
      ...(this.unanswered.size ? [warning(this.missing())] : []),
    ];
  }

  private missing(): string {
    return (
      "no answer for these data sources, so their results are unknown. " +
      `Add what you know to a file and pass it with --answers FILE:\n${[...this.unanswered.values()].join("\n")}`
    );
  }
}
