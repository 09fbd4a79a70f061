/**
 * Recovery point and recovery time of each data store, derived from the resources of a stack: which backups and
 * copies there are, what each of them survives, how old it may be, and how long the way back takes.
 */
import { twinsOf } from "../../facts/twin-types";
import type { About } from "../about";
import { ACCESS_LOGS, bucketPurpose, lostWithTheRegion, type Scenario } from "./data-stores";
import { bucketProtections, databaseProtections, type Protection } from "./protections";
import {
  isReplica,
  isSet,
  nameOf,
  text,
  value,
  type Noted,
  type RecoveryResource,
  type RecoveryStack,
  type Unknown,
} from "./resources";
import { regionOfPlace } from "./stand-in";
import { replicasOf, type OtherStack } from "./standby";
import type { Step } from "./steps";

/** What a loss may cost, in minutes. */
export interface Objective {
  /** Data that may be lost. */
  readonly lossMinutes: number;
  /** Time until the platform serves again. */
  readonly restoreMinutes: number;
}

/** By what has happened. */
export type Objectives = Readonly<Record<Scenario, Objective>>;

/**
 * The architecture document's RPO of 4 and RTO of 2 hours hold for a lost region and for data destroyed by a
 * mistake. For compromised credentials the document says nothing: what is left then are
 * AWS Backup's copies, and the slow way back.
 */
export const OBJECTIVES: Objectives = {
  "region lost": { lossMinutes: 240, restoreMinutes: 120 },
  "data deleted or corrupted": { lossMinutes: 240, restoreMinutes: 120 },
  "compromised credentials": { lossMinutes: 360, restoreMinutes: 1440 },
};

/** Where a store stands in one scenario. */
export interface Finding {
  /** Physical name of the store. */
  readonly store: string;
  readonly urn: string;
  readonly scenario: Scenario;
  readonly objective: Objective;
  /** Everything that survives, the best first. */
  readonly protections: readonly Protection[];
  /** Worst-case loss in minutes, by the best protection; undefined when nothing survives. */
  readonly lossMinutes?: number;
  readonly restoreMinutes?: number;
  readonly steps: readonly Step[];
  /** What does not add up; empty when all does. */
  readonly problems: readonly string[];
  /** What decides this and is not known: problems are none for sure then, nor is their absence. */
  readonly unknown?: Unknown;
  /** Why another stack's plan, which decides this, does not tell. */
  readonly undecided?: string;
}

/** What becomes of an objective; "not known" before the first update, where a value decides that AWS gives. */
export type Standing = "met" | "not met" | "not known";

/** What becomes of the objective of a finding. */
export function standingOf({ problems, unknown, undecided }: Finding): Standing {
  const known = unknown === undefined && undecided === undefined;
  return !known ? "not known" : problems.length === 0 ? "met" : "not met";
}

/** The worst of several: what is certain is worse than what is not known. */
export function worstOf(findings: readonly Finding[]): Standing {
  const standings = findings.map(standingOf);
  return (["not met", "not known"] as const).find((one) => standings.includes(one)) ?? "met";
}

/** What the derivation says of a stack. */
export interface RecoveryReport {
  /** Why the objectives are none of this stack's, where that is so. */
  readonly exemptBecause?: string;
  readonly findings: readonly Finding[];
  /** Stores that are not recovered, on purpose. */
  readonly notRecovered: readonly { readonly store: string; readonly reason: string }[];
}

const DATABASE = "aws:rds/instance:Instance";
const BUCKET = "aws:s3/bucket:Bucket";

/** Derives the report. */
export function derive(
  stack: RecoveryStack,
  objectives: Objectives = OBJECTIVES,
  about: About = stack.about,
): RecoveryReport {
  const databases = stack
    .ofType(DATABASE)
    .filter((one) => !isReplica(one) || regionOfPlace(one) !== undefined);
  const buckets = stack.ofType(BUCKET).filter((one) => !isCopy(one));
  const exempt = stack.noting(() => exemption(databases, buckets));
  const findings: Finding[] = [];
  const find = (finding: () => Finding): void => {
    findings.push(withUnknown(stack.noting(finding), exempt.unknown));
  };
  const notRecovered: { store: string; reason: string }[] = [];
  for (const database of databases) {
    for (const scenario of Object.keys(objectives) as Scenario[]) {
      find(() => {
        const protections = databaseProtections(stack, database, scenario);
        return judged(database, scenario, objectives[scenario], protections);
      });
    }
  }
  for (const bucket of buckets) {
    const purpose = takesLogs(stack, bucket)
      ? ACCESS_LOGS
      : bucketPurpose(text(bucket, "bucket") ?? bucket.name, about.buckets);
    if (purpose.reason !== undefined) {
      notRecovered.push({ store: nameOf(bucket), reason: purpose.reason });
    }
    for (const scenario of purpose.scenarios) {
      find(() => {
        const protections = bucketProtections(stack, bucket, scenario);
        return judged(bucket, scenario, objectives[scenario], protections);
      });
    }
  }
  for (const [type, reason] of lostWithTheRegion(about.lostWithTheRegion)) {
    notRecovered.push(
      ...stack.ofType(type).map((resource) => ({ store: nameOf(resource), reason })),
    );
  }
  return { exemptBecause: exempt.result, findings, notRecovered };
}

/**
 * The findings with their replicas looked up in the plan of the stack that has them: a primary's tag says only that one is
 * meant to stand there.
 */
export function withReplicas(
  findings: readonly Finding[],
  stack: RecoveryStack,
  other: OtherStack | undefined,
): readonly Finding[] {
  return findings.map((finding) => {
    const database = stack.resources.find(({ urn }) => urn === finding.urn);
    const rest = finding.protections.filter(({ kind }) => kind !== "replica");
    if (database === undefined || rest.length === finding.protections.length) return finding;
    const found = replicasOf(stack, database, other);
    if (typeof found === "string") return { ...finding, undecided: found };
    if (found.replicas.length > 0) return finding;
    const judgedAgain = judged(database, finding.scenario, finding.objective, rest);
    const refuted = `the plan of stack ${found.name} has no replica of ${finding.store}`;
    return { ...judgedAgain, problems: [refuted, ...judgedAgain.problems] };
  });
}

/** Whether S3 or a load balancer delivers its access logs to a bucket, under any name. */
function takesLogs(stack: RecoveryStack, bucket: RecoveryResource): boolean {
  const name = text(bucket, "bucket");
  const balancers = twinsOf("aws:lb/loadBalancer:LoadBalancer");
  return (
    stack.leadingTo(bucket, "aws:s3/bucketLogging:BucketLogging", "targetBucket").length > 0 ||
    balancers
      .flatMap((type) => stack.ofType(type))
      .some((balancer) => {
        const logs = value(balancer, "accessLogs") as Record<string, unknown> | undefined;
        const referred = balancer.references["accessLogs"] ?? [];
        return referred.includes(bucket.urn) || (name !== undefined && logs?.["bucket"] === name);
      })
  );
}

/** A bucket with a region of its own is one. */
function isCopy(bucket: RecoveryResource): boolean {
  return isSet(bucket, "region");
}

/**
 * A finding with the unknown value that decides it. Where there is a problem, every one does that was read, for it
 * may hide what would help, or that the stack is exempt. Where there is none, those of the store and of its best
 * protection do: the times rest on them.
 */
function withUnknown(
  { result, unknown }: Noted<Finding>,
  ofExemption: readonly Unknown[],
): Finding {
  const restsOn = [result.urn, result.protections[0]?.urn];
  const deciding =
    result.problems.length > 0
      ? [...ofExemption, ...unknown]
      : unknown.filter(({ urn }) => restsOn.includes(urn));
  return deciding.length === 0 ? result : { ...result, unknown: deciding[0] };
}

function judged(
  resource: RecoveryResource,
  scenario: Scenario,
  objective: Objective,
  protections: readonly Protection[],
): Finding {
  const misses = ({ lossMinutes, steps }: Protection): number =>
    Number(lossMinutes > objective.lossMinutes) +
    Number(totalMinutes(steps) > objective.restoreMinutes);
  const sorted = [...protections].sort(
    (one, other) => misses(one) - misses(other) || one.lossMinutes - other.lossMinutes,
  );
  const [best] = sorted;
  const restoreMinutes = best && totalMinutes(best.steps);
  const problems: string[] = [];
  if (best === undefined) {
    problems.push("nothing survives");
  } else {
    if (best.lossMinutes > objective.lossMinutes) {
      problems.push(`RPO is ${hours(best.lossMinutes)}, ${hours(objective.lossMinutes)} at most`);
    }
    if (restoreMinutes! > objective.restoreMinutes) {
      problems.push(`RTO is ${hours(restoreMinutes!)}, ${hours(objective.restoreMinutes)} at most`);
    }
  }
  return {
    store: nameOf(resource),
    urn: resource.urn,
    scenario,
    objective,
    protections: sorted,
    lossMinutes: best?.lossMinutes,
    restoreMinutes,
    steps: best?.steps ?? [],
    problems,
  };
}

function totalMinutes(steps: readonly Step[]): number {
  return steps.reduce((sum, { minutes }) => sum + minutes, 0);
}

/** `3 h 45 min`, `30 min`. */
export function hours(minutes: number): string {
  const whole = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [whole > 0 && `${whole} h`, (rest > 0 || whole === 0) && `${rest} min`]
    .filter(Boolean)
    .join(" ");
}

/** The objectives are those of the environment that users work in, and of its primary region. */
function exemption(
  databases: readonly RecoveryResource[],
  buckets: readonly RecoveryResource[],
): string | undefined {
  const standIn = databases.find((database) => isSet(database, "restoreToPointInTime"));
  if (standIn !== undefined) {
    return "it is the recovery itself: its database is made from another's backups";
  }
  if (databases.some((one) => regionOfPlace(one) !== undefined)) {
    return "it is the recovery itself: its database is another's replica until it takes over";
  }
  // Of what there is no database beside, the buckets tell.
  const environments = (databases.length > 0 ? databases : buckets).map(
    (store) => (value(store, "tags") as Record<string, unknown> | undefined)?.["Environment"],
  );
  const [other] = environments.filter(
    (name): name is string => typeof name === "string" && name !== "production",
  );
  return other === undefined ? undefined : `its environment is ${other}`;
}
