import {
  kindOf,
  type PlannedResource,
  type PolicyVerdict,
  type PropertyBag,
} from "../../../analysis/plan/model";
import type { Analyzer } from "./analyzer";
import type { StackResource } from "./analyzer-wire";
import type { ResourceJudge } from "./monitor";

/** Runs all policy packs on the resources of a preview, and collects their findings. */
export class Judge implements ResourceJudge {
  private readonly verdict: PolicyVerdict = {
    packs: [],
    violations: [],
    undecided: [],
    remediations: [],
  };
  private readonly analyzers: Analyzer[] = [];
  private readonly pending: Promise<void>[] = [];
  private fail: (error: unknown) => void = () => {};

  /** Rejects as soon as a pack fails; never resolves. */
  readonly failure: Promise<never>;

  constructor() {
    this.failure = new Promise((_, reject) => (this.fail = reject));
    // A caller may await it later.
    this.failure.catch(() => {});
  }

  /** Adds a pack; all of them before the first resource. */
  add(analyzer: Analyzer): void {
    this.analyzers.push(analyzer);
    this.verdict.packs.push(analyzer.summary);
  }

  /** The findings so far. */
  get soFar(): PolicyVerdict {
    return sorted(this.verdict);
  }

  async check(
    resource: PlannedResource,
    provider: PlannedResource | undefined,
  ): Promise<PropertyBag> {
    let { inputs } = resource;
    for (const analyzer of this.analyzers) {
      inputs = await analyzer.remediate({ ...resource, inputs }, provider, this.verdict);
    }
    const remediated = { ...resource, inputs };
    for (const analyzer of this.analyzers) {
      const judged = analyzer.analyze(remediated, provider, this.verdict);
      judged.catch((error: unknown) => this.fail(error));
      this.pending.push(judged);
    }
    return inputs;
  }

  /** Waits for all judgements, then asks the stack rules. */
  async finish(resources: readonly StackResource[]): Promise<PolicyVerdict> {
    await Promise.all(this.pending);
    for (const analyzer of this.analyzers) {
      await analyzer.analyzeStack(resources, this.verdict);
    }
    return sorted(this.verdict);
  }
}

/** A stable order: by level, rule, resource. */
export function sorted(verdict: PolicyVerdict): PolicyVerdict {
  const key = (entry: { policy: string; urn?: string }): string =>
    `${entry.policy}\0${entry.urn ?? ""}`;
  const byKey = <T extends { policy: string; urn?: string }>(entries: readonly T[]): T[] =>
    [...entries].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  const violations = byKey(verdict.violations);
  return {
    packs: verdict.packs,
    violations: [
      ...violations.filter((violation) => kindOf(violation) === "mandatory"),
      ...violations.filter((violation) => kindOf(violation) === "advisory"),
      ...violations.filter((violation) => kindOf(violation) === "exempt"),
    ],
    undecided: byKey(verdict.undecided),
    remediations: byKey(verdict.remediations),
  };
}
