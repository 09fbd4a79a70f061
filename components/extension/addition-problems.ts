/** What is refused of what extensions add to a service. */
import { entryOf } from "../../facts/entry-of";
import { NAME_LENGTHS } from "../../facts/name-lengths";
import { meantText, shownValue } from "../../facts/problem-text";
import type { ServicesConfig } from "../../schema/services";
import { ofThePlatform, type ServiceAddition } from "../service";

/**
 * What AWS would refuse, or hide: a variable of two sources, two volumes of a name, a service that is not there. `before` is what other extensions add to the service.
 */
export function additionProblems(
  services: ServicesConfig,
  service: string,
  addition: ServiceAddition,
  before: ServiceAddition = {},
): string[] {
  const config = entryOf(services, service);
  if (config === undefined) {
    const hint = meantText(service, Object.keys(services));
    return [`expected a service of crm:services, got ${JSON.stringify(service)}${hint}`];
  }
  const platform = ofThePlatform(config);
  const set = [...Object.keys({ ...config.environment, ...config.secrets }), ...platform.variables];
  const twice = (what: string, list: (of: ServiceAddition) => string[], others: string[] = []) =>
    repeated(list(addition), [...others, ...list(before)]).map(
      (name) => `expected ${what} that ${service} has from nowhere else, got ${shownValue(name)}`,
    );
  return [
    ...twice("a variable", variablesOf, set),
    ...versionProblems(addition),
    ...(addition.statements ?? []).flatMap(({ sid }) => sidProblems(sid)),
    ...twice("a name of a volume", ({ volumes = [] }) => volumes.map(({ name }) => name)),
    ...twice("a mountPath of a volume", mountPathsOf),
    ...(addition.volumes ?? []).flatMap(({ name }) => volumeNameProblems(name)),
    ...mountPathsOf(addition).flatMap((path) => mountPathProblems(path, platform.paths)),
  ];
}

/** Those of the names that stand twice among them, or among the others. */
function repeated(names: readonly string[], others: readonly string[]): string[] {
  const all = [...others, ...names];
  return [...new Set(names)].filter((name) => all.indexOf(name) !== all.lastIndexOf(name));
}

const variablesOf = ({ environment, parameterArns }: ServiceAddition) => [
  ...Object.keys(environment ?? {}),
  ...Object.keys(parameterArns ?? {}),
];

const mountPathsOf = ({ volumes = [] }: ServiceAddition) =>
  volumes.map(({ mountPath }) => mountPath);

function versionProblems({ parameterArns = {}, secretVersions = {} }: ServiceAddition): string[] {
  return Object.keys(secretVersions)
    .filter((name) => !Object.hasOwn(parameterArns, name))
    .map(
      (name) => `expected a variable of parameterArns in secretVersions, got ${shownValue(name)}`,
    );
}

/** Source: IAM User Guide, "IAM JSON policy elements: Sid". One that another statement has gets a number: distinctStatements. */
function sidProblems(sid: string): string[] {
  return /^[A-Za-z0-9]+$/.test(sid)
    ? []
    : [`expected a statement's sid of letters and digits, got ${shownValue(sid)}`];
}

const VOLUME_NAME = new RegExp(`^[\\w-]{1,${NAME_LENGTHS.taskVolume.maximum}}$`);

/** Source: ECS API Reference, "Volume". */
function volumeNameProblems(name: string): string[] {
  return VOLUME_NAME.test(name)
    ? []
    : [`expected a volume's name of letters, digits, _ and -, got ${JSON.stringify(name)}`];
}

/** Source: ECS API Reference, "MountPoint". Nothing says which of two mounts is over the other. */
function mountPathProblems(path: string, inMemory: readonly string[]): string[] {
  if (!/^(\/[\w.-]+)+$/.test(path)) {
    return [`expected an absolute path such as /mnt/shared, got ${JSON.stringify(path)}`];
  }
  return inMemory
    .filter((other) => `${path}/`.startsWith(`${other}/`) || other.startsWith(`${path}/`))
    .map(
      (other) =>
        `expected a path apart from ${other}, where the container writes to memory, got ${JSON.stringify(path)}`,
    );
}
