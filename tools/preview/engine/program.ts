import type { Project, StackConfig } from "./config";
import type { StackIdentity } from "./host-protocol";

/** Pulumi does not know an organization without a login; this is what it says for a local backend. */
export const ORGANIZATION = "organization";

/** Exit code of Pulumi's runner when it has logged the error itself. */
export const LOGGED_ERROR = 32;

/** The engine's default is a small multiple of the cores; here nothing has to be spared. */
const PARALLEL = "256";

/** Environment variables by which Pulumi hands a stack's configuration to programs and policy packs. */
export function configEnvironment(config: StackConfig): NodeJS.ProcessEnv {
  const values = Object.entries(config.values).map(([key, value]) => {
    const colon = key.indexOf(":");
    return [`${key.slice(0, colon)}:config:${key.slice(colon + 1)}`, value];
  });
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
  };
}

/**
 * Variables that a surrounding Pulumi (or preview) has left, and credentials: an offline preview needs none. Those are
 * known by name, which is not enough for a program that is hostile: see tools/README.md.
 */
const KEPT_BACK = [
  /^PULUMI_(NODEJS_|CONFIG)/,
  /^TRACEPARENT$/,
  /^AWS_CONTAINER_/,
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|_(AUTH|KEY(_ID)?)$/i,
];

/** This process's environment without what the program must not have. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !KEPT_BACK.some((pattern) => pattern.test(name)),
  );
  return Object.fromEntries(kept);
}

/**
 * Environment of a program: its configuration, and the settings that the runner would leave there as well. They are
 * there before, because a policy pack that is loaded first loads the SDK, which reads them once.
 *
 * @param address where ResourceMonitor and Engine are served
 */
export function programEnvironment(
  project: Project,
  { stack }: StackIdentity,
  config: StackConfig,
  address: string,
): NodeJS.ProcessEnv {
  return {
    ...configEnvironment(config),
    PULUMI_NODEJS_ORGANIZATION: ORGANIZATION,
    PULUMI_NODEJS_PROJECT: project.name,
    PULUMI_NODEJS_ROOT_DIRECTORY: project.root,
    PULUMI_NODEJS_STACK: stack,
    PULUMI_NODEJS_DRY_RUN: "true",
    PULUMI_NODEJS_PARALLEL: PARALLEL,
    PULUMI_NODEJS_MONITOR: address,
    PULUMI_NODEJS_ENGINE: address,
    // Checked by the runner: a tsconfig that is named and missing is an error.
    ...(project.tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: project.tsconfig }),
  };
}

/** What Pulumi passes to a policy pack about the stack, in environment variables. */
export function packEnvironment({ project, stack }: StackIdentity): NodeJS.ProcessEnv {
  return {
    PULUMI_ORGANIZATION: ORGANIZATION,
    PULUMI_PROJECT: project,
    PULUMI_STACK: stack,
    PULUMI_DRY_RUN: "true",
  };
}

/**
 * Arguments of Pulumi's own runner for a dry run, as its language host for Node.js gives them.
 *
 * @param address where ResourceMonitor and Engine are served
 */
export function runnerArguments(
  project: Project,
  { stack, project: name }: StackIdentity,
  address: string,
): string[] {
  return [
    `--monitor=${address}`,
    `--engine=${address}`,
    `--organization=${ORGANIZATION}`,
    `--project=${name}`,
    `--root-directory=${project.root}`,
    `--stack=${stack}`,
    `--pwd=${project.directory}`,
    "--dry-run",
    `--parallel=${PARALLEL}`,
    project.entry,
  ];
}
