/** The functions, and queues for the events that they fail on. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { QUEUE_SECONDS } from "../../facts/limits";
import { FUNCTION_IMAGE_CALLS } from "../../facts/service-calls";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import { functionDeadLetters, ownsDeadLetters } from "../../platform/dead-letters";
import { functionEnvironment } from "../../platform/environments";
import { functionDatabaseParameter } from "../../platform/function-database";
import { resolveLinks } from "../../platform/link-resolver";
import { type Link, linkEnvironment, linkStatements } from "../../platform/links";
import { policyDocument, type Statement } from "../../platform/policy-documents";
import { mapped } from "../../platform/records";
import { type FunctionConfig, hasCode, imageService } from "../../schema/eventing";
import { CrmFunction, parameterStatements, queueReaderStatements } from "../function";
import { imageReference, repositoryArn } from "../images";
import { CrmDeadLetterQueue } from "./dead-letter-queue";
import { type CrmEventingArgs, type Scope, tagsOf } from "./scope";

/** Days for which a dead-letter queue keeps what a service puts there. */
const DAYS_KEPT = QUEUE_SECONDS.retention.maximum / 86_400;

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
  scope: Scope,
  deadLetterQueues: Record<string, pulumi.Resource>,
): Record<string, CrmFunction> {
  const { parent, args } = scope;
  const pulls = createImagePolicies(scope);
  return mapped(args.config.functions, (fn, label) => {
    warnOfMissingCode(parent, args, label);
    return createFunction(scope, label, fn, {
      startAfter: [deadLetterQueues[ownsDeadLetters(fn.triggers) ? label : queueOf(fn)]!],
      pulls: fn.image === undefined ? [] : pulls,
    });
  });
}

function createFunction(
  { parent, name, args, key }: Scope,
  label: string,
  fn: FunctionConfig,
  { startAfter, pulls }: Record<"startAfter" | "pulls", readonly pulumi.Resource[]>,
): CrmFunction {
  const { config, names, arns } = args;
  const keys = { storage: args.storage, messaging: key.aliasName };
  const links = resolveLinks(arns, names, keys, fn.links);
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
      image: fn.image && imageOf(args, fn.image),
      memoryMb: fn.memoryMb,
      timeoutSeconds: fn.timeoutSeconds,
      reservedConcurrency: config.reserveConcurrency ? fn.reservedConcurrency : undefined,
      architecture: fn.architecture,
      logGroupName: names.functionLog(label),
      logRetentionDays: fn.logRetentionDays,
      environment: functionEnvironment(fn.environment, {
        links: linkEnvironment(links),
        database:
          database === undefined
            ? undefined
            : { parameter: database, version: args.databaseUrlVersions[label]! },
      }),
      artifact: fn.artifact,
      deadLetterQueueArn: arns.queue(names.of(deadLetters, "queue")),
      maximumRetries: fn.asynchronous.maximumRetries,
      maximumEventAgeSeconds: fn.asynchronous.maximumEventAgeSeconds,
      statements: statementsOf(args, key, database, fn, links),
      network: fn.vpc ? args.network : undefined,
      provisionedConcurrency: fn.provisionedConcurrency && {
        ...fn.provisionedConcurrency,
        timeZone: config.timeZone,
      },
      key,
      hooks: args.hooks,
      logsKey: args.logsKey,
      readsAtStart: [
        ...(database === undefined ? [] : [args.databaseParameters[label]!]),
        ...pulls,
      ],
      startAfter,
      arns,
      tags: tagsOf(args, fn),
    },
    { parent },
  );
}

function statementsOf(
  args: CrmEventingArgs,
  key: Scope["key"],
  database: string | undefined,
  fn: FunctionConfig,
  links: readonly Link[],
): Statement[] {
  const { arns, names } = args;
  return [
    ...linkStatements(links),
    ...pullStatements(args, fn.image),
    ...queueReaderStatements(arns, names, key.aliasName, fn.triggers.queue?.queue),
    ...(database === undefined
      ? []
      : parameterStatements(arns, database, args.secretsKey.aliasName)),
  ];
}

/** An image's whole address; a short one is in the repository of a service. */
function imageOf({ arns, imageRepositories }: CrmEventingArgs, image: string): string {
  const service = imageService(image);
  if (service === undefined) return image;
  return imageReference(arns, imageRepositories[service]!.name, image.split("@")[1]!);
}

/**
 * Lambda pulls with the function's role from a repository that is not the stack's, and so has no policy here. Another
 * account's repository needs its own policy as well. Source: FUNCTION_IMAGE_CALLS.
 */
function pullStatements(args: CrmEventingArgs, image: string | undefined): Statement[] {
  const service = image === undefined ? undefined : imageService(image);
  if (image === undefined || (service && args.imageRepositories[service]!.own)) return [];
  const repository = repositoryArn(imageOf(args, image))!;
  return [{ sid: "PullImage", actions: FUNCTION_IMAGE_CALLS.actions, resources: [repository] }];
}

/** Lambda may pull from the repositories of the stack that hold a function's image. */
function createImagePolicies({ parent, name, args }: Scope): aws.ecr.RepositoryPolicy[] {
  const { arns, config, imageRepositories } = args;
  const images = Object.values(config.functions).flatMap(({ image }) => image ?? []);
  const services = new Set(images.flatMap((image) => imageService(image) ?? []));
  return [...services]
    .filter((service) => imageRepositories[service]?.own)
    .map(
      (service) =>
        // By name: functions are created before services, whose repository holds the image already.
        new aws.ecr.RepositoryPolicy(
          `${name}-${service}-images`,
          {
            repository: imageRepositories[service]!.name,
            policy: policyDocument({
              sid: "PulledByFunctions",
              principals: { services: [SERVICE_PRINCIPALS.lambda] },
              actions: FUNCTION_IMAGE_CALLS.actions,
              conditions: { StringLike: { "aws:sourceArn": arns.lambda("*") } },
            }),
          },
          { parent },
        ),
    );
}

/** What happens to the events of a function without code, which refuses every call. */
function warnOfMissingCode(parent: pulumi.Resource, args: CrmEventingArgs, label: string): void {
  const fn = args.config.functions[label]!;
  const { triggers } = fn;
  if (hasCode(fn)) {
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
          `S3's events are refused and kept in its dead-letter queue until ${DAYS_KEPT} days after they were put there`,
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
