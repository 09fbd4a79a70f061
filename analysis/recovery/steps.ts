/** The ways back, step by step; each length is looked up in facts/durations.json or in what the team measured. */
import {
  creationCase,
  creationDuration,
  stepBound,
  stepDuration,
  wholeMinutes,
  type Duration,
  type MeasuredDuration,
  type When,
} from "../../facts/duration-rows";
import { recoveryRegions } from "./copy-regions";
import { isReplica, type RecoveryResource, type RecoveryStack } from "./resources";
import { noticedAfter } from "./watch";

/** Minutes of a step. */
export function minutesOf(stack: RecoveryStack, name: string): number {
  return wholeMinutes(stepDuration(name, stack.durations).seconds);
}

/** Minutes until a resource of a type with these inputs is there. */
export function creationMinutes(
  stack: RecoveryStack,
  type: string,
  inputs: Readonly<Record<string, unknown>> = {},
): number {
  return wholeMinutes(creationDuration(type, inputs, stack.durations).seconds);
}

/** One step of a way back, with its length in whole minutes. */
export interface Step {
  readonly name: string;
  readonly minutes: number;
  /** Where other steps cover a part of it: the whole length. */
  readonly of?: number;
  /** `documented`, `measured`, `chosen` or `estimated`. */
  readonly kind: string;
  /** Whether the length is ours, on the careful side, until it is measured. */
  readonly estimate: boolean;
  readonly source: string;
  readonly url: string;
}

/** Name of the step in which the stack is made again in the other region. */
export const RECOVERY_UP = "recoveryUp";

/** Name of the step that holds what its parts have taken others longer: an objective is promised, not hoped for. */
export const RESERVE = "reserve";

/** Name of the step from the loss to the call; it is as long as the alarm that notices takes. */
export const DETECT = "detect";

/** Name of the step in which a pilot light takes over: its database is promoted, and its services start. */
export const TAKE_OVER = "takeOver";

/** The steps of a way back, in order. */
export function steps(stack: RecoveryStack, ...names: readonly string[]): Step[] {
  return names.flatMap((name) => {
    if (name === DETECT) return detect(stack);
    if (name === RECOVERY_UP) return recoveryUp(stack);
    if (name === TAKE_OVER) return takeOver(stack);
    if (name === RESERVE) return reserve(takeOverChain(stack, names) ?? recoveryChain(stack));
    return stepOf(name, stepDuration(name, stack.durations));
  });
}

function stepOf(name: string, { seconds, kind, sources }: Duration): Step {
  return {
    ...{ name, minutes: wholeMinutes(seconds), kind, estimate: kind === "estimated" },
    source: sources.map(({ says }) => says).join("; "),
    url: sources[0]!.url,
  };
}

const RTO_TESTED =
  "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_dr_tested.html";

const ALARM_EVALUATION =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html";

const DATABASE = "aws:rds/instance:Instance";
const SERVICE = "aws:ecs/service:Service";

/** What each part of the stack waits for when it is made again: the longest chain of the recovery stack's first `up`. */
const CHAIN = [
  "aws:ec2/vpc:Vpc",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/eip:Eip",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/route:Route",
  "aws:rds/subnetGroup:SubnetGroup",
  DATABASE,
  "aws:ssm/parameter:Parameter",
  SERVICE,
  "aws:route53/record:Record",
];

/** One resource of that chain. */
export interface ChainLink extends Duration {
  readonly type: string;
}

/**
 * The chain of a stack: of each type of it that the stack has, what takes longest. The database is restored, and a
 * service starts when the URLs of its database are there.
 */
export function recoveryChain(stack: RecoveryStack): ChainLink[] {
  return CHAIN.flatMap((type) => {
    const durations = stack
      .ofType(type)
      .filter((one) => type !== DATABASE || !isReplica(one))
      .map((one) => ({ type, ...whenMadeAgain(one, stack.durations) }));
    const [longest] = durations.sort((one, other) => other.seconds - one.seconds);
    return longest === undefined ? [] : [longest];
  });
}

/** How long it takes to make a resource again. */
function whenMadeAgain(
  resource: RecoveryResource,
  measured: readonly MeasuredDuration[],
): Duration {
  return creationDuration(resource.type, inputsAgain(resource), measured);
}

/** The inputs of a resource that is made again: a database from its backups. */
function inputsAgain({ type, inputs }: RecoveryResource): RecoveryResource["inputs"] {
  // Not a copy: that would read every input, and note each that is not known.
  return type === DATABASE
    ? (Object.create(inputs, { restoreToPointInTime: { value: {} } }) as typeof inputs)
    : inputs;
}

/** The case of facts/durations.json that a restore of a database is. */
export function restoreCase(database: RecoveryResource): When | undefined {
  return creationCase(DATABASE, inputsAgain(database));
}

/** How long it takes to restore a database beside the one that there is. */
export function databaseRestore(stack: RecoveryStack, database: RecoveryResource): Step {
  return stepOf("databaseRestore", whenMadeAgain(database, stack.durations));
}

/** The stack's first `up` in the other region, with the figure that a preview of the recovery stack shows. */
function recoveryUp(stack: RecoveryStack): Step {
  const chain = recoveryChain(stack);
  const seconds = chain.reduce((sum, link) => sum + link.seconds, 0);
  const estimate = chain.some(({ kind }) => kind === "estimated");
  const parts = chain.map(({ type, seconds: length }) => `${type.split(":").at(-1)} ${length} s`);
  return {
    ...{ name: RECOVERY_UP, minutes: wholeMinutes(seconds), estimate },
    kind: estimate ? "estimated" : "measured",
    source: `what its critical path waits for: ${parts.join(", ")}; facts/durations.json has the source of each`,
    url: RTO_TESTED,
  };
}

/** Until the person on call is notified. Where no alarm does, a rule says so (analysis/recovery/watch.ts); no figure is made up. */
function detect(stack: RecoveryStack): Step[] {
  return recoveryRegions(stack).flatMap((region) => {
    const noticed = noticedAfter(stack, region);
    return noticed === undefined
      ? []
      : [
          {
            ...{ name: DETECT, minutes: noticed.minutes, kind: "chosen", estimate: false },
            source: `${noticed.alarm} in ${region}: its periods, and the one in which the loss begins`,
            url: ALARM_EVALUATION,
          },
        ];
  });
}

/** The chain of a take-over, where one is among the steps: the services start when the database is promoted. */
function takeOverChain(stack: RecoveryStack, names: readonly string[]): ChainLink[] | undefined {
  return names.includes(TAKE_OVER)
    ? recoveryChain(stack).filter(({ type }) => type === SERVICE)
    : undefined;
}

function takeOver(stack: RecoveryStack): Step {
  const promotion = stepDuration("promoteReplica", stack.durations);
  const chain = takeOverChain(stack, [TAKE_OVER])!;
  const seconds = chain.reduce((sum, link) => sum + link.seconds, promotion.seconds);
  const estimate = [promotion, ...chain].some(({ kind }) => kind === "estimated");
  const starts = chain.map(({ seconds: length }) => `, then the services' tasks ${length} s`);
  return {
    ...{ name: TAKE_OVER, minutes: wholeMinutes(seconds), estimate },
    kind: estimate ? "estimated" : "measured",
    source: `the replica's promotion ${promotion.seconds} s (${promotion.sources[0]!.says})${starts.join("")}`,
    url: promotion.sources[0]!.url,
  };
}

/** What the parts of that `up` have taken others longer than the figures that it counts with. */
function reserve(links: readonly ChainLink[]): Step {
  const chain = links.filter(({ longest }) => longest !== undefined);
  const seconds = chain.reduce((sum, link) => sum + link.longest! - link.seconds, 0);
  const parts = chain.map(({ type, longest }) => `${type.split(":").at(-1)} ${longest} s`);
  return {
    ...{ name: RESERVE, minutes: wholeMinutes(seconds), kind: "measured", estimate: false },
    source: `the longest that others measured: ${parts.join(", ")}`,
    url: RTO_TESTED,
  };
}

/** Minutes that a recovery point counts with: measurements raise them, and lower none. */
export function boundOf(stack: RecoveryStack, name: string): number {
  return wholeMinutes(stepBound(name, stack.durations));
}

/**
 * The same steps with a wait for the record: while us-east-1 is lost, Route 53 takes changes only after a while,
 * and a way that is shorter has to wait for it.
 */
export function whenRecordsChange(stack: RecoveryStack, way: readonly Step[]): Step[] {
  const index = way.findIndex(({ name }) => name === "recordAnswers");
  const before = way.slice(0, index).reduce((sum, { minutes }) => sum + minutes, 0);
  const [wait] = steps(stack, "recordChanges");
  if (before >= wait!.minutes) return [...way];
  const rest = { ...wait!, minutes: wait!.minutes - before, of: wait!.minutes };
  return [...way.slice(0, index), rest, ...way.slice(index)];
}
