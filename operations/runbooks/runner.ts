/** Runs a runbook step by step: checks, asks, acts, waits, verifies; writes a log, and continues where it was stopped. */
import { shownValue } from "../../facts/problem-text";
import { minutes as inMinutes } from "../../tools/report/critical-path";
import { visible, visibleLines } from "../../tools/visible";
import { SIGN_IN } from "../platform";
import {
  commandLine,
  filled,
  openNames,
  type Command,
  type Question,
  type Runbook,
  type Step,
} from "./step";

/** What a command line answered. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything outside of this process, so that tests can stand in for it. */
export interface Desk {
  /** Runs a program; with `terminal` it gets the person's terminal, and prints nothing here. */
  readonly run: (argv: readonly string[], terminal: boolean) => Promise<Answer>;
  /** A line of the person. */
  readonly ask: (question: string) => Promise<string>;
  /** Whether there is a terminal to ask at. */
  readonly attended: boolean;
  readonly print: (line: string) => void;
  readonly log: (line: string) => void;
  /** What the last run left; undefined where there was none. */
  readonly recall: () => Progress | undefined;
  /** Keeps it, or with undefined throws it away. */
  readonly keep: (progress: Progress | undefined) => void;
  readonly write: (file: string, text: string) => void;
  readonly now: () => Date;
  /** A command ended well that was begun at that moment. */
  readonly ended?: (command: Command, begun: Date) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** How far a run has come. */
export interface Progress {
  readonly case: string;
  readonly begun: string;
  readonly values: Record<string, string>;
  /** `step/number of the command`, and a step's own id when it is done. */
  readonly done: string[];
  /** An act that was begun and whose end was not seen. */
  open?: string;
}

export interface RunOptions {
  readonly case: string;
  /** Consent to every step ahead of time. */
  readonly yes: boolean;
  readonly values: Readonly<Record<string, string>>;
}

/** The run ends here; what was done is kept. */
export class Stopped extends Error {}

/** A wait has had an answer after which no good one comes. */
class Failed extends Stopped {}

/** Seconds between two questions of a wait. */
const POLL_SECONDS = 15;

/** Steps of a case, with the number that each has in the page. */
export function stepsOf(runbook: Runbook, name: string): readonly (Step & { number: string })[] {
  return runbook.cases[name]!.flatMap((id) => {
    const part = runbook.parts.find((one) => one.id === id)!;
    return part.steps.map((step, index) => ({
      ...step,
      number: `${part.id} ${part.first + index}`,
    }));
  });
}

/** Runs a runbook to its end. @throws {Stopped} where it cannot go on */
export async function runBook(runbook: Runbook, options: RunOptions, desk: Desk): Promise<void> {
  const run = new Run(runbook, options, desk);
  await run.toEnd();
}

class Run {
  private readonly progress: Progress;

  public constructor(
    private readonly runbook: Runbook,
    private readonly options: RunOptions,
    private readonly desk: Desk,
  ) {
    const before = desk.recall();
    this.progress = before ?? {
      case: options.case,
      begun: desk.now().toISOString(),
      values: {},
      done: [],
    };
    Object.assign(this.progress.values, options.values);
  }

  public async toEnd(): Promise<void> {
    const steps = stepsOf(this.runbook, this.options.case);
    this.say(`${this.runbook.command} ${this.runbook.stack}, begun ${this.progress.begun}`);
    for (const command of this.runbook.before) await this.once(command, "before");
    for (const step of steps) {
      if (this.progress.done.includes(step.id)) {
        this.say(`${step.number}. ${step.title}: done before`);
      } else {
        await this.step(step);
      }
    }
    const [from, until] = [Date.parse(this.progress.begun), this.desk.now().getTime()];
    this.say(`${this.runbook.command} is done, after ${inMinutes((until - from) / 1000)}.`);
    this.desk.keep(undefined);
  }

  private async step(step: Step & { number: string }): Promise<void> {
    this.say(`${step.number}. ${step.title} (${step.minutes} minutes)`);
    this.desk.print(`   ${step.says}`);
    try {
      // Halfway through the step, its checks no longer apply.
      if (!this.begun(step)) await this.commands(step, "check");
      await this.questions(step);
      const changes = step.commands.filter(({ kind }) => kind === "act");
      if (changes.length > 0 && !(await this.consent(step, changes))) return;
      await this.commands(step, "act", "wait", "prove");
      if (step.look !== undefined) await this.looked(step.look);
    } catch (error) {
      if (error instanceof Stopped) {
        const again = `npm run ${this.runbook.command} -- --stack ${this.runbook.stack} --case ${this.options.case}`;
        throw new Stopped(`${error.message}\n   Rollback: ${step.undo}\n   To resume: ${again}`);
      }
      throw error;
    }
    this.done(step.id);
    this.say(`${step.number}. done`);
  }

  /** The commands of these kinds, in the order that they have in the step. */
  private async commands(step: Step, ...kinds: readonly Command["kind"][]): Promise<void> {
    for (const [index, command] of step.commands.entries()) {
      const id = `${step.id}/${index + 1}`;
      if (!kinds.includes(command.kind)) continue;
      if (command.kind !== "check" && this.progress.done.includes(id)) continue;
      if (!(await this.named(command.argv))) {
        this.desk.print(`   left out: ${command.why}`);
        continue;
      }
      if (command.kind === "check") {
        await this.checked(command, id);
      } else {
        try {
          await this.once(command, id);
        } catch (error) {
          if (error instanceof Failed && command.redo) this.forget(step, index);
          throw error;
        }
        this.done(id);
      }
    }
  }

  /** What the last act before a command began came to nothing: it is not taken for done. */
  private forget({ id, commands }: Step, before: number): void {
    const act = commands.slice(0, before).findLastIndex(({ kind }) => kind === "act");
    const { done, values } = this.progress;
    done.splice(0, done.length, ...done.filter((one) => one !== `${id}/${act + 1}`));
    for (const name of commands[act]?.keeps ?? []) delete values[name];
    this.desk.keep(this.progress);
  }

  private begun({ id }: Step): boolean {
    const { done, open } = this.progress;
    return [...done, open ?? ""].some((one) => one.startsWith(`${id}/`));
  }

  /** Asks for everything that the step needs and no command of it prints: nothing is asked halfway. */
  private async questions({ commands }: Step): Promise<void> {
    const printed = new Set(commands.flatMap(({ keeps = [], asks = [] }) => [...keeps, ...asks]));
    for (const { argv } of commands) {
      if (openNames(argv, this.progress.values).some((name) => printed.has(name))) continue;
      await this.named(argv);
    }
  }

  /** A failed check stops the run, unless the person overrides it. */
  private async checked(command: Command, id: string): Promise<void> {
    try {
      await this.once(command, id);
    } catch (error) {
      if (!(error instanceof Stopped) || !this.desk.attended || this.options.yes) throw error;
      this.say(`   ${error.message}`);
      const answer = await this.question("   Continue anyway? y: yes, Enter: stop > ");
      if (answer !== "y") throw error;
    }
  }

  /** Whether the step is to be done: `s` leaves it out, anything but `y` stops. */
  private async consent(step: Step, changes: readonly Command[]): Promise<boolean> {
    if (this.options.yes) return true;
    const { values } = this.progress;
    changes
      .filter(({ argv }) => openNames(argv, {}).every((name) => values[name] !== ""))
      .forEach((command) => this.desk.print(`   > ${this.line(command)}`));
    const answer = await this.question("   Run this step? y: yes, s: skip it, Enter: stop > ");
    if (answer === "s") {
      this.done(step.id);
      this.say(`   ${step.title}: left out by hand`);
      return false;
    }
    if (answer !== "y") throw new Stopped("Stopped before the step, as you said.");
    return true;
  }

  private async looked(what: string): Promise<void> {
    if (this.options.yes) {
      this.say(`   look yourself: ${what}`);
      return;
    }
    const answer = await this.question(`   Confirm: ${what}. y: yes, Enter: stop > `);
    if (answer !== "y") throw new Stopped(`Not confirmed: ${what}.`);
  }

  /** Asks for what a command needs; false where the person leaves it out. */
  private async named(argv: readonly string[]): Promise<boolean> {
    for (const name of openNames(argv, this.progress.values)) {
      const asked = this.runbook.questions[name];
      if (asked === undefined) {
        throw new Stopped(
          `<${name}>: expected the output of an earlier step, which was skipped, got none. Set it with --with '${name}=...'.`,
        );
      }
      this.progress.values[name] = await this.answerTo(name, asked);
    }
    return openNames(argv, {}).every((name) => this.valid(name));
  }

  private valid(name: string): boolean {
    const value = this.progress.values[name]!;
    const asked = this.runbook.questions[name];
    if (asked === undefined) return true;
    if (value === "" && asked.optional) return false;
    if (asked.pattern.test(value)) return true;
    throw new Stopped(`${name}: expected ${asked.expects}, got ${shownValue(value)}`);
  }

  private async answerTo(
    name: string,
    { asks, expects, optional, pattern }: Question,
  ): Promise<string> {
    if (optional && this.options.yes) return "";
    if (!this.desk.attended) {
      throw new Stopped(
        `${name}: expected --with '${name}=...' (${expects}) where there is no terminal, got nothing`,
      );
    }
    const hint = optional ? `${expects}; Enter: none` : expects;
    for (;;) {
      const answer = (await this.question(`   ${asks} (${hint}) > `)).trim();
      if (pattern.test(answer) || (answer === "" && optional)) return answer;
      if (answer === "") throw new Stopped(`${name}: expected ${expects}, got nothing`);
      this.desk.print(`   expected ${expects}, got ${shownValue(answer)}`);
    }
  }

  private async question(text: string): Promise<string> {
    if (!this.desk.attended) {
      throw new Stopped("Confirmation: expected a terminal or --yes, got neither");
    }
    const answer = (await this.desk.ask(text)).trim();
    this.desk.log(`${text.trim()} ${visible(answer)}`);
    return answer;
  }

  private async once(command: Command, id: string): Promise<void> {
    const repeated = this.progress.open === id;
    const begun = this.desk.now();
    if (command.kind === "act") {
      this.progress.open = id;
      this.desk.keep(this.progress);
    }
    this.say(`   ${command.why}: ${this.line(command)}`);
    const answer =
      command.minutes === undefined ? await this.asked(command) : await this.waited(command);
    if (answer.status !== 0) {
      if (command.passes?.test(answer.stderr)) {
        this.say(`   no answer, and none needed: ${tail(answer.stderr)}`);
        return;
      }
      if (repeated && command.already?.test(answer.stderr)) {
        this.say("   was done before the stop");
        return;
      }
      // It was there before this run: a repetition must not take it for its own.
      if (command.already?.test(answer.stderr)) delete this.progress.open;
      this.desk.keep(this.progress);
      throw new Stopped(
        `${command.why} failed (exit code ${answer.status}): ${tail(answer.stderr || answer.stdout)}${signInHelp(answer)}`,
      );
    }
    if (answer.stdout.trim() !== "" && !command.secret) {
      this.desk.print(`   = ${visibleLines(short(answer.stdout.trim()), "     ")}`);
    }
    if (command.asks !== undefined) await this.named(command.asks.map((name) => `<${name}>`));
    this.judge(command, answer);
    this.desk.ended?.(command, begun);
  }

  private judge({ why, good, keeps, into, secret }: Command, { stdout }: Answer): void {
    const printed = stdout.trim();
    if (!secret) this.desk.log(`= ${visible(short(printed))}`);
    if (good?.holds !== undefined) {
      const values = { ...this.progress.values, ...named(keeps, printed) };
      if (!good.holds(printed, values)) {
        throw new Stopped(
          `${why}: expected ${good.says}, got ${shownValue(short(printed) || undefined)}`,
        );
      }
    }
    const kept = named(keeps, printed);
    const missing = keeps?.find((name) => kept[name] === undefined || kept[name] === "None");
    if (missing !== undefined) {
      throw new Stopped(
        `${why}: expected ${keeps!.join(", ")}, got ${shownValue(short(printed) || undefined)}`,
      );
    }
    if (into !== undefined) this.desk.write(into, stdout);
    Object.assign(this.progress.values, kept);
    this.desk.keep(this.progress);
  }

  private asked(command: Command): Promise<Answer> {
    const argv = filled(command.argv, this.progress.values);
    if (!command.terminal) return this.desk.run(argv, false);
    // What has a prompt of its own gets the consent that was given ahead of time.
    const consents = this.options.yes && argv[0] === "pulumi" && CONSENTS.has(argv[1]!);
    if (!this.desk.attended && !consents) {
      throw new Stopped(`${command.why}: expected a terminal, got none`);
    }
    return this.desk.run(consents ? [...argv, "--yes"] : argv, true);
  }

  /** Repeats the check until it passes, for at most twice the usual time. */
  private async waited(command: Command): Promise<Answer> {
    const { good, bad, pending, minutes = 0 } = command;
    const from = this.desk.now().getTime();
    for (;;) {
      const answer = await this.asked(command);
      const printed = answer.stdout.trim();
      if (
        answer.status !== 0
          ? ![pending, bad].some((one) => one?.test(answer.stderr))
          : holds(good, printed, this.progress.values)
      ) {
        return answer;
      }
      const passed = (this.desk.now().getTime() - from) / 60_000;
      const state = short(printed || tail(answer.stderr));
      if (bad?.test(answer.status === 0 ? printed : answer.stderr)) {
        throw new Failed(
          `${command.why}: expected ${good?.says}, got ${shownValue(state)}, which is final`,
        );
      }
      if (passed >= 2 * minutes) {
        throw new Stopped(
          `${command.why}: expected ${good?.says} within ${2 * minutes} minutes, got ${shownValue(state)}`,
        );
      }
      this.desk.print(
        `   ${Math.floor(passed)} of ${minutes} minutes as a rule: ${visible(state)}`,
      );
      await this.desk.sleep(POLL_SECONDS * 1000);
    }
  }

  private done(id: string): void {
    if (!this.progress.done.includes(id)) this.progress.done.push(id);
    delete this.progress.open;
    this.desk.keep(this.progress);
  }

  private line(command: Command): string {
    return visible(commandLine(command, this.progress.values));
  }

  private say(text: string): void {
    this.desk.print(text);
    this.desk.log(text.trim());
  }
}

/** Commands of Pulumi that ask before they change anything. */
const CONSENTS: ReadonlySet<string> = new Set(["up", "refresh", "destroy"]);

/** What the AWS CLI prints where it has no credentials, or none that are valid. */
const NOT_SIGNED_IN =
  /Unable to locate credentials|\bExpiredToken|[Tt]oken has expired|SSO session .* has expired|InvalidClientTokenId/;

function signInHelp({ stderr }: Answer): string {
  return NOT_SIGNED_IN.test(stderr) ? `\n   ${SIGN_IN}` : "";
}

function holds(good: Command["good"], printed: string, values: Readonly<Record<string, string>>) {
  return good?.holds === undefined || good.holds(printed, values);
}

function named(keeps: readonly string[] | undefined, printed: string): Record<string, string> {
  const parts = printed.split(/\s+/);
  return Object.fromEntries(
    (keeps ?? []).flatMap((name, index) => (parts[index] ? [[name, parts[index]]] : [])),
  );
}

/** The end of a program's output, where the error is. */
function tail(text: string): string {
  return visible(text.trim().slice(-600));
}

function short(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}
