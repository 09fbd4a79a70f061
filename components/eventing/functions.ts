/** The functions, and queues for the events that they fail on. */
import * as pulumi from "@pulumi/pulumi";

import { functionDeadLetters, ownsDeadLetters } from "../../platform/dead-letters";
import { functionDatabaseParameter } from "../../platform/function-database";
import { resolveLinks } from "../../platform/link-resolver";
import { linkEnvironment, linkStatements } from "../../platform/links";
import { mapped } from "../../platform/records";
import type { FunctionConfig } from "../../schema/eventing";
import { CrmFunction, parameterStatements, queueReaderStatements } from "../function";
import { CrmDeadLetterQueue } from "./dead-letter-queue";
import { type CrmEventingArgs, type Scope, tagsOf } from "./scope";

/** Dead-letter queues of the functions that do not share a queue's, by function. */
export function createFailureQueues({ parent, name, args, key }: Scope) {
  const { config, names, arns } = args;
  const owners = Object.fromEntries(
    Object.entries(config.functions).filter(([, fn]) => ownsDeadLetters(fn.triggers)),
  );
  return mapped(
    owners,
    (fn, label) =>
      new CrmDeadLetterQueue(
        `${name}-${label}-dead-letters`,
        {
          queueName: names.of(functionDeadLetters(config, label), "queue"),
          keyAlias: key.aliasName,
          protect: config.protect,
          arns,
          tags: tagsOf(args, fn),
        },
        { parent, dependsOn: key },
      ),
  );
}

export function createFunctions(
  { parent, name, args, key }: Scope,
  deadLetterQueues: Record<string, pulumi.Resource>,
): Record<string, CrmFunction> {
  const { config, names, arns } = args;
  return mapped(config.functions, (fn, label) => {
    warnOfMissingCode(parent, args, label);
    const links = resolveLinks(
      arns,
      names,
      { storage: args.storage, messaging: key.aliasName },
      fn.links,
    );
    const database = functionDatabaseParameter(names, label, fn);
    const deadLetters = functionDeadLetters(config, label);
    return new CrmFunction(
      `${name}-${label}`,
      {
        functionName: names.of(label, "function"),
        roleName: names.of(`${label}-function`, "role"),
        description: fn.description,
        runtime: fn.runtime,
        handler: fn.handler,
        memoryMb: fn.memoryMb,
        timeoutSeconds: fn.timeoutSeconds,
        reservedConcurrency: config.reserveConcurrency ? fn.reservedConcurrency : undefined,
        architecture: fn.architecture,
        logGroupName: names.functionLog(label),
        logRetentionDays: fn.logRetentionDays,
        environment: {
          ...fn.environment,
          ...linkEnvironment(links),
          ...(database !== undefined && {
            DATABASE_URL_PARAMETER: database,
            DATABASE_URL_VERSION: args.databaseUrlVersions[label]!,
          }),
        },
        artifact: fn.artifact,
        deadLetterQueueArn: arns.queue(names.of(deadLetters, "queue")),
        maximumRetries: fn.asynchronous.maximumRetries,
        maximumEventAgeSeconds: fn.asynchronous.maximumEventAgeSeconds,
        statements: [
          ...linkStatements(links),
          ...queueReaderStatements(arns, names, key.aliasName, fn.triggers.queue?.queue),
          ...(database === undefined
            ? []
            : parameterStatements(arns, database, args.secretsKey.aliasName)),
        ],
        network: fn.vpc ? args.network : undefined,
        provisionedConcurrency: fn.provisionedConcurrency && {
          ...fn.provisionedConcurrency,
          timeZone: config.timeZone,
        },
        key,
        hooks: args.hooks,
        logsKey: args.logsKey,
        readsAtStart: database === undefined ? [] : [args.databaseParameters[label]!],
        startAfter: [deadLetterQueues[ownsDeadLetters(fn.triggers) ? label : queueOf(fn)]!],
        arns,
        tags: tagsOf(args, fn),
      },
      { parent },
    );
  });
}

/** What happens to the events of a function without code, which refuses every call. */
function warnOfMissingCode(parent: pulumi.Resource, args: CrmEventingArgs, label: string): void {
  const { artifact, triggers } = args.config.functions[label]!;
  if (artifact !== undefined) {
    return;
  }
  const queue = triggers.queue?.queue;
  const what = [
    ...(queue === undefined
      ? []
      : [
          `messages wait in ${args.names.of(queue, "queue")} for ${args.config.queues[queue]!.messageRetentionSeconds} s ` +
            "from when they were sent",
        ]),
    ...(triggers.schedule === undefined ? [] : ["its schedule is disabled"]),
    ...(triggers.objectCreated === undefined
      ? []
      : [
          "S3's events are refused and kept in its dead-letter queue until 14 days after they were put there",
        ]),
  ];
  void pulumi.log.warn(
    `crm:eventing.functions.${label}.artifact is not set: ${what.join("; ") || "calls are refused"}.`,
    parent,
  );
}

function queueOf(fn: FunctionConfig): string {
  return fn.triggers.queue!.queue;
}
