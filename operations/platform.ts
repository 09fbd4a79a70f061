/**
 * What the day-two commands know of a stack without a request to AWS: its stack file says what everything is
 * called, so they work while the state's backend is out of reach.
 */
import * as path from "node:path";

import { shownValue } from "../facts/problem-text";
import { DATABASE_TASK } from "../platform/database-logins";
import { COLLECTOR } from "../platform/image-lifecycle";
import type { Names } from "../platform/names";
import {
  ConfigError,
  credentialsGiven,
  misplacedSecrets,
  SECRETS,
  type StackConfig,
  validate,
} from "../schema";
import { imageService } from "../schema/eventing";
import { namesOf } from "../schema/names-of";
import { requiredText } from "../tools/commands/options";
import {
  type Project,
  loadProject,
  loadStackConfig,
  selectStack,
} from "../tools/preview/engine/config";

/** One ECS service of the stack. */
export interface PlatformService {
  /** Key below `crm:services`: what people call it. */
  readonly key: string;
  readonly serviceName: string;
  readonly containerName: string;
  readonly logGroupName: string;
  /** Whether ECS Exec is on: `exec` and `tunnel` need it. */
  readonly exec: boolean;
  /** None for an image in a registry of others. */
  readonly image: PlatformImage | undefined;
}

/** What runs, by digest or tag, and the stack's repository that holds it. */
export interface PlatformImage {
  readonly repository: string;
  readonly reference: string;
}

export interface Platform {
  readonly stack: string;
  readonly region: string;
  readonly clusterName: string;
  /** Start of the names of the stack's alarms. */
  readonly alarmPrefix: string;
  /** Alarms whose names do not begin so. */
  readonly namedAlarms: readonly string[];
  /** Starts of other stacks' names that the stack's own prefix is a start of. */
  readonly foreignPrefixes: readonly string[];
  readonly services: readonly PlatformService[];
  /** Other images of the stack's repositories, by the setting that names them. */
  readonly otherImages: readonly { readonly key: string; readonly image: PlatformImage }[];
  /** Start of the tags of images that are never deleted. */
  readonly releasedPrefix: string;
  /** Ports of what a tunnel leads to. */
  readonly ports: { readonly database: number; readonly cache: number };
}

/** What helps where a program has no AWS credentials. */
export const SIGN_IN =
  "Sign in with `aws sso login`, set AWS_PROFILE, or export AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a role, AWS_SESSION_TOKEN.";

/** The valid configuration of a stack of the project in `root`, without its secrets. @throws if there is none */
export function stackConfigOf(stack: string, root: string): StackConfig {
  const project = loadProject(root);
  return configOf(project, selectStack(project, stack));
}

/**
 * The stack of a command that may do harm: production only with `--in-production`.
 *
 * @returns the stack with its configuration, or what is wrong with the choice
 */
export function stackToTry(
  stack: string | undefined,
  root: string,
  inProduction = false,
): { readonly stack: string; readonly config: StackConfig } | string {
  if (stack === undefined) return requiredText(["--stack"]);
  const config = stackConfigOf(stack, root);
  return config.environment === "production" && !inProduction
    ? `--stack: ${shownValue(stack)} has crm:environment production; add --in-production to allow it`
    : { stack, config };
}

function configOf(project: Project, stack: string): StackConfig {
  const { values, secretKeys } = loadStackConfig(project, stack);
  const misplaced = [...credentialsGiven(Object.keys(values)), ...misplacedSecrets(secretKeys)];
  if (misplaced.length > 0) {
    throw new ConfigError(misplaced);
  }
  const sections = Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith("crm:") && key !== SECRETS)
      .map(([key, value]): [string, unknown] => [
        key.slice("crm:".length),
        /^[[{]/.test(value) ? JSON.parse(value) : value,
      ]),
  );
  return validate({ region: values["aws:region"], sections });
}

/** The platform as the stack's file describes it. @throws if the file is not valid or not there */
export function platformOf(stack: string | undefined, root = path.join(__dirname, "..")): Platform {
  const project = loadProject(root);
  const selected = selectStack(project, stack);
  const config = configOf(project, selected);
  const names = namesOf(config);
  return {
    stack: selected,
    region: config.region,
    clusterName: config.cluster.name ?? names.environment(),
    alarmPrefix: `${names.prefix}-`,
    namedAlarms: Object.values(config.naming.alarmNames).filter(
      (name) => !name.startsWith(`${names.prefix}-`),
    ),
    foreignPrefixes: project.stacks
      .filter((other) => other !== selected)
      .map((other) => qualifierOf(loadStackConfig(project, other).values["crm:naming"]))
      .filter((qualifier) => qualifier !== undefined)
      .map((qualifier) => `crm-${qualifier}-`)
      .filter((prefix) => prefix.startsWith(names.prefix) && prefix !== `${names.prefix}-`),
    services: Object.entries(config.services).map(([key, service]) => {
      const serviceName = names.of(`${key}-service`, "service");
      return {
        key,
        serviceName,
        containerName: service.containerName ?? `${key}-service`,
        logGroupName: `/ecs/${serviceName}`,
        exec: service.exec,
        image: imageIn(config, names.repository(key, service.repository.name), service.image),
      };
    }),
    otherImages: otherImages(config, names),
    releasedPrefix: config.cluster.imageLifecycle.releasedPrefix,
    ports: { database: config.database.port, cache: config.cache.port },
  };
}

/** An image of a repository of the stack; undefined where a full reference leads elsewhere, or none is set. */
function imageIn(
  { accountId, region }: Pick<StackConfig, "accountId" | "region">,
  repository: string,
  image: string | undefined,
): PlatformImage | undefined {
  if (image === undefined) return undefined;
  if (!image.includes("/")) return { repository, reference: image };
  const own = `${accountId}.dkr.ecr.${region}.amazonaws.com/${repository}`;
  // A digest behind a tag decides.
  const [, tag, digest] =
    /^(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      image.startsWith(own) ? image.slice(own.length) : "/",
    ) ?? [];
  const reference = digest ?? tag;
  return reference === undefined ? undefined : { repository, reference };
}

/** Every image of the stack's repositories that the stack file names, by its setting. */
export function imagesOf(config: StackConfig): Platform["otherImages"] {
  const names = namesOf(config);
  const ofServices = Object.entries(config.services).flatMap(([key, { repository, image }]) => {
    const found = imageIn(config, names.repository(key, repository.name), image);
    return found === undefined ? [] : [{ key: `crm:services.${key}`, image: found }];
  });
  return [...ofServices, ...otherImages(config, names)];
}

function otherImages(config: StackConfig, names: Names): Platform["otherImages"] {
  const { database, cluster } = config;
  const { collector } = cluster;
  const repository = names.repository(COLLECTOR, collector?.repository.name);
  const images = {
    "crm:database.task": imageIn(config, names.repository(DATABASE_TASK), database.task?.image),
    "crm:cluster.collector": imageIn(config, repository, collector?.image),
    ...functionImages(config, names),
  };
  return Object.entries(images).flatMap(([key, image]) =>
    image === undefined ? [] : [{ key, image }],
  );
}

/** A function's image is in the repository of a service, by the service's name or by its whole address. */
function functionImages(config: StackConfig, names: Names) {
  const repositories = Object.entries(config.services).map(
    ([key, { repository }]) => [key, names.repository(key, repository.name)] as const,
  );
  return Object.fromEntries(
    Object.entries(config.eventing.functions).map(([label, { image }]) => {
      const service = image === undefined ? undefined : imageService(image);
      const found = repositories.flatMap(([key, repository]) =>
        service === undefined
          ? (imageIn(config, repository, image) ?? [])
          : service === key
            ? (imageIn(config, repository, image!.split("@")[1]) ?? [])
            : [],
      );
      return [`crm:eventing.functions.${label}`, found[0]];
    }),
  );
}

function qualifierOf(naming: string | undefined): string | undefined {
  return (JSON.parse(naming ?? "{}") as { qualifier?: string }).qualifier;
}

/** The service of a name. @throws with the services that there are */
export function serviceOf(platform: Platform, key: string): PlatformService {
  const service = platform.services.find((candidate) => candidate.key === key);
  if (service === undefined) {
    const known = platform.services.map((candidate) => candidate.key).join(", ");
    throw new UsageError(
      `<service>: expected one of ${known} in stack ${platform.stack}, got ${shownValue(key)}`,
    );
  }
  return service;
}

/** The command line is wrong: exit code 2, with the command's usage. */
export class UsageError extends Error {
  public readonly kind = "usage";
}
