/** Functions with their log groups and queues. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, read, UNKNOWN } from "../../analysis/properties";
import { entryOf } from "../../facts/entry-of";
import { FUNCTION_BOUNDS } from "../../facts/eventing";
import {
  ASYNCHRONOUS_PROPERTIES,
  ASYNCHRONOUS_RESOLVERS,
  NO_CALLERS,
  SYNCHRONOUS_CALLERS,
} from "../../facts/function-callers";
import { lambdaLogOf } from "../../facts/lambda-logs";
import { QUEUE_SECONDS } from "../../facts/limits";
import { canonicalType } from "../../facts/twin-types";
import { expect, type Report, type Rule, stackRule } from "../define";
import { isSet, isUnnamed } from "../relations";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const FUNCTION = "aws:lambda/function:Function";

const logGroup = stackRule({
  id: "lambda-log-group",
  description: "A function writes to a log group of the stack with encryption and retention.",
  severity: "medium",
  remediation:
    "Add a LogGroup with retentionInDays and kmsKeyId. Name it /aws/lambda/ and the function's name, or as in loggingConfig.logGroup.",
  url: `${LAMBDA}/monitoring-cloudwatchlogs.html`,
  check(graph, reportOn) {
    const type = "aws:cloudwatch/logGroup:LogGroup";
    for (const node of graph.ofType(FUNCTION)) {
      const report = reportOn(node);
      const named = read(node.properties, "loggingConfig.logGroup");
      const own = read(node.properties, "name");
      const name = named ?? (typeof own === "string" ? lambdaLogOf(own) : own);
      const byReference = graph.referred(node, "loggingConfig", type);
      const groups = [
        ...graph.ofType(type).filter((group) => read(group.properties, "name") === name),
        ...(byReference === UNKNOWN ? [] : byReference),
      ];
      if (groups.length === 0) {
        if (name === UNKNOWN || graph.ofType(type).some(isUnnamed)) {
          report.undecided("loggingConfig.logGroup");
        } else {
          report.violation("no LogGroup of the stack has its log group's name; add one.");
        }
      }
      for (const group of new Set(groups)) {
        const kept = (days: unknown) => typeof days === "number" && days > 0;
        expect(group, report, "retentionInDays", kept, "set it on the log group");
        if (!isSet(group.properties, "kmsKeyId")) {
          report.violation("kmsKeyId of its log group is not set; name a key.");
        }
      }
    }
  },
});

interface VisibilitySetting {
  /** Minimum visibility timeout, as a multiple of the function's timeout. */
  readonly times: number;
}

const visibility = stackRule<VisibilitySetting>({
  id: "lambda-sqs-visibility",
  description:
    "A queue's visibility timeout is at least twice its function's timeout, and only failed messages return. AWS recommends six times; twice is enough to prevent two attempts at the same time.",
  severity: "medium",
  remediation:
    'Raise visibilityTimeoutSeconds; set functionResponseTypes ["ReportBatchItemFailures"].',
  url: `${LAMBDA}/services-sqs-configure.html`,
  defaults: { times: 2 },
  check(graph, reportOn, { times }) {
    for (const mapping of graph.ofType("aws:lambda/eventSourceMapping:EventSourceMapping")) {
      const report = reportOn(mapping);
      const queue = byArn(graph, mapping, "eventSourceArn", "aws:sqs/queue:Queue", 5);
      if (queue !== undefined) {
        judgeVisibility(graph, mapping, queue, times, report);
      }
    }
  },
});

function judgeVisibility(
  graph: StackGraph,
  mapping: Node,
  queue: Node,
  times: number,
  report: Report,
): void {
  const node = byArn(graph, mapping, "functionName", FUNCTION, 6);
  const timeout =
    node && (read(node.properties, "timeout") ?? FUNCTION_BOUNDS.timeoutSeconds.unset);
  const hidden =
    read(queue.properties, "visibilityTimeoutSeconds") ?? QUEUE_SECONDS.visibilityTimeout.unset;
  if (timeout === UNKNOWN || hidden === UNKNOWN) {
    report.undecided(`visibilityTimeoutSeconds of ${queue.name}`);
  } else if (timeout !== undefined && Number(hidden) < times * Number(timeout)) {
    report.violation(
      `visibilityTimeoutSeconds of ${queue.name} is ${Number(hidden)} and the function's timeout ${Number(timeout)}; set it to at least ${times} times the timeout.`,
    );
  }
  const types = items(mapping.properties["functionResponseTypes"]);
  const failures = isSet(mapping.properties, "destinationConfig.onFailure");
  const batch = read(mapping.properties, "batchSize");
  if (types === UNKNOWN || types.includes(UNKNOWN)) {
    report.undecided("functionResponseTypes");
  } else if (!types.includes("ReportBatchItemFailures") && !failures && batch !== 1) {
    report.violation("functionResponseTypes has no ReportBatchItemFailures; add it.");
  }
}

/** The resource that a property refers to, by reference or by the name in an ARN's place. */
function byArn(
  graph: StackGraph,
  from: Node,
  property: string,
  type: string,
  place: number,
): Node | undefined {
  const referred = graph.referred(from, property, type);
  if (referred !== UNKNOWN && referred.length > 0) {
    return referred[0];
  }
  const value = read(from.properties, property);
  const name = typeof value === "string" ? (value.split(":")[place] ?? value) : undefined;
  return graph.ofType(type).find((node) => read(node.properties, "name") === name);
}

/**
 * Whether all that names a function in the plan, or one of its aliases, waits for its answer: a use that is not known to
 * wait counts as an event's. UNKNOWN if it depends on a permission whose principal is not known.
 */
export function isCalledSynchronously(graph: StackGraph, node: Node): boolean | typeof UNKNOWN {
  const aliases = graph.referring(node, "aws:lambda/alias:Alias", "functionName");
  const waits = [node, ...aliases]
    .flatMap((one) => graph.usersOf(one))
    .filter(({ type }) => !NO_CALLERS.types.includes(canonicalType(type)))
    .map((user) => {
      if (user.type !== "aws:lambda/permission:Permission") {
        return waitsAlways(graph, user);
      }
      const principal = read(user.properties, "principal");
      return principal === UNKNOWN
        ? UNKNOWN
        : SYNCHRONOUS_CALLERS.principals.includes(String(principal));
    });
  if (waits.length === 0 || waits.includes(false)) return false;
  return waits.includes(UNKNOWN) ? UNKNOWN : true;
}

function waitsAlways(graph: StackGraph, user: Node): boolean {
  const type = canonicalType(user.type);
  const exceptions = entryOf<readonly string[]>(ASYNCHRONOUS_PROPERTIES.properties, type) ?? [];
  const resolvers = type === ASYNCHRONOUS_RESOLVERS.dataSource ? graph.usersOf(user) : [];
  return (
    SYNCHRONOUS_CALLERS.types.includes(type) &&
    !exceptions.some((property) => isSet(user.properties, property)) &&
    !resolvers.some(({ properties }) =>
      ["code", "requestTemplate", "requestMappingTemplate"].some((name) =>
        ASYNCHRONOUS_RESOLVERS.word.test(String(properties[name])),
      ),
    )
  );
}

export const functionRelationRules: readonly Rule[] = [logGroup, visibility];
