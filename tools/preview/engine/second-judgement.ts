/** A second evaluation of the program for what is undecided because AWS assigns a value: see assigned.ts. */
import {
  type Foreseen,
  type PlannedResource,
  type PolicyVerdict,
  type PolicyViolation,
  type PropertyBag,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { SOME_ACCOUNT } from "../../../analysis/plan/regions";
import { USUAL_REGION } from "../../../facts/regions";
import type { StackConfig } from "./config";
import { PreviewError } from "./errors";
import type { Host } from "./host-process";
import type { Job, Report } from "./host-protocol";
import { sorted } from "./judge";

/** What a finding is about. */
type About = Pick<PolicyViolation, "pack" | "policy" | "urn">;

const keyOf = ({ pack, policy, urn = "" }: About): string => `${pack}\0${policy}\0${urn}`;

/** What differs from the first evaluation. */
const SECOND = { again: true, plain: false, progress: false, unjudged: false } as const;

/** The least time that the second evaluation gets; a callback may wait for something that does not exist. */
const LEAST_MS = 20_000;

/** What both evaluations say. */
export interface Both {
  readonly policies: PolicyVerdict;
  readonly foreseen?: Foreseen;
}

/**
 * The verdict of a preview with fewer undecided rules, and the inputs that were unknown. Everything that was decided stays; the
 * program's plan is that of the first evaluation. A program that fails in the second one changes nothing.
 *
 * @param startHost starts the process of the second evaluation
 * @param options.firstMs duration of the first evaluation
 * @param options.asks whether the inputs are asked for
 */
export async function evaluatedAgain(
  job: Job,
  first: Pick<Report, "resources"> & { readonly policies: PolicyVerdict },
  startHost: () => Host,
  { firstMs, asks }: { readonly firstMs: number; readonly asks: boolean },
): Promise<Both> {
  const host = startHost();
  const timer = setTimeout(() => void host.stop(), Math.max(LEAST_MS, 3 * firstMs));
  try {
    const config = withPlace(job.config);
    // Where everything is decided, the packs have nothing to add.
    const packs = first.policies.undecided.length > 0 ? job.packs : [];
    const second = await host.run({ ...job, config, packs, ...SECOND });
    const judged = new Set(second.resources.map(({ urn }) => urn));
    return {
      policies: merged(first.policies, second.policies, judged),
      ...(asks && {
        foreseen: {
          inputs: foreseenInputs(first.resources, second.resources),
          region: config.values["aws:region"]!,
        },
      }),
    };
  } catch (error) {
    if (error instanceof PreviewError) return { policies: first.policies };
    throw error;
  } finally {
    clearTimeout(timer);
    await host.stop();
  }
}

/**
 * Callbacks know the stack's account, although no setting names it: a number that stands for it. The region that the preview assumes is one that they
 * may ask for (`aws.config.requireRegion()`).
 */
function withPlace(config: StackConfig): StackConfig {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const place = {
    "aws:allowedAccountIds": JSON.stringify([SOME_ACCOUNT]),
    "aws:region": AWS_REGION || AWS_DEFAULT_REGION || USUAL_REGION,
  };
  return { ...config, values: { ...place, ...config.values } };
}

/** Of the second evaluation's inputs, by URN, those that are not wholly known in the first. */
function foreseenInputs(
  first: readonly PlannedResource[],
  second: readonly PlannedResource[],
): Record<string, PropertyBag> {
  const later = new Map(second.map(({ urn, inputs }) => [urn, inputs]));
  return Object.fromEntries(
    first.flatMap(({ urn, inputs }) => {
      const known = later.get(urn) ?? {};
      const open = Object.entries(inputs)
        .filter(([name, value]) => Object.hasOwn(known, name) && hasUnknown(value))
        .map(([name]) => [name, known[name]]);
      return open.length === 0 ? [] : [[urn, Object.fromEntries(open)]];
    }),
  );
}

const hasUnknown = (value: unknown): boolean => JSON.stringify(value)?.includes(UNKNOWN) ?? false;

/**
 * The first verdict, with the second one's findings for what the first left undecided.
 *
 * @param judged the URNs that the second evaluation registered: it says nothing of others
 */
export function merged(
  first: PolicyVerdict,
  second: PolicyVerdict,
  judged: ReadonlySet<string>,
): PolicyVerdict {
  const open = new Set(
    first.undecided.filter(({ urn }) => urn === undefined || judged.has(urn)).map(keyOf),
  );
  const isOpen = (about: About) => open.has(keyOf(about));
  const both = <One extends About>(kept: readonly One[], found: readonly One[]): One[] => [
    ...kept.filter((one) => !isOpen(one)),
    ...found.filter(isOpen),
  ];
  return sorted({
    ...first,
    violations: both(first.violations, second.violations),
    undecided: both(first.undecided, second.undecided),
  });
}
