/** Loads the modules of `crm:extensions` and joins what they add to services. */
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { entryOf } from "../../facts/entry-of";
import { NAME_LENGTHS } from "../../facts/name-lengths";
import { nearest } from "../../facts/nearest";
import { shownValue } from "../../facts/problem-text";
import type { ServicesConfig } from "../../schema/services";
import type { ServiceAddition, ServiceVolume } from "../service";
import type { Extension, Platform, PlatformParts } from "./extension";

/** An extension and its place in the stack file, with which its errors begin. */
interface Loaded {
  readonly module: string;
  readonly extension: Extension;
}

/** The extensions of a stack, in the order of its file. */
export class Extensions {
  private readonly all: readonly Loaded[];

  /** `modules` are paths below `root`, the project's folder. */
  public constructor(modules: readonly string[], root: string) {
    this.all = modules.map((module) => ({ module, extension: load(path.join(root, module)) }));
    refuse(
      this.all.flatMap(({ module, extension }) =>
        isExtension(extension)
          ? []
          : [
              `${module}: expected a default export with beforeServices, extend or both, got ${shown(extension)}`,
            ],
      ),
    );
  }

  /** Lets each create what services need; what it adds, by service. */
  public beforeServices(parts: PlatformParts): Readonly<Record<string, ServiceAddition>> {
    const joined = new Map<string, ServiceAddition>();
    const problems: string[] = [];
    for (const { module, extension } of this.all) {
      for (const [service, addition] of Object.entries(extension.beforeServices?.(parts) ?? {})) {
        const before = joined.get(service) ?? {};
        problems.push(
          ...additionProblems(parts.config.services, service, addition, before).map(
            (problem) => `${module}, beforeServices: ${problem}`,
          ),
        );
        joined.set(service, join(before, addition));
      }
    }
    refuse(problems);
    return Object.fromEntries(joined);
  }

  /** Lets each create what refers to the whole platform. */
  public extend(platform: Platform): void {
    this.all.forEach(({ extension }) => extension.extend?.(platform));
  }
}

/** What AWS would refuse, or hide: a variable of two sources, two volumes of a name, a service that is not there. */
export function additionProblems(
  services: ServicesConfig,
  service: string,
  addition: ServiceAddition,
  before: ServiceAddition = {},
): string[] {
  const config = entryOf(services, service);
  if (config === undefined) {
    const meant = nearest(service, Object.keys(services));
    const hint = meant === undefined ? "" : `. Did you mean ${meant}?`;
    return [`expected a service of crm:services, got ${JSON.stringify(service)}${hint}`];
  }
  const set = [
    ...Object.keys({ ...config.environment, ...config.secrets }),
    ...variablesOf(before),
    ...variablesOf(addition),
  ];
  const volumes = [...(before.volumes ?? []), ...(addition.volumes ?? [])];
  const twice = (names: readonly string[], what: string, only: readonly string[]) =>
    [...new Set(only)]
      .filter((name) => names.filter((one) => one === name).length > 1)
      .map(
        (name) => `expected ${what} that ${service} has from nowhere else, got ${shownValue(name)}`,
      );
  return [
    ...twice(set, "a variable", variablesOf(addition)),
    ...(["name", "mountPath"] as const).flatMap((part) =>
      twice(
        volumes.map((volume) => volume[part]),
        `a ${part} of a volume`,
        (addition.volumes ?? []).map((volume) => volume[part]),
      ),
    ),
    ...(addition.volumes ?? []).flatMap(volumeProblems),
  ];
}

const VOLUME_NAME = new RegExp(`^[\\w-]{1,${NAME_LENGTHS.taskVolume.maximum}}$`);

/** Source: ECS API Reference, "Volume" (name) and "MountPoint" (path). */
function volumeProblems({ name, mountPath }: ServiceVolume): string[] {
  return [
    ...(VOLUME_NAME.test(name)
      ? []
      : [`expected a volume's name of letters, digits, _ and -, got ${JSON.stringify(name)}`]),
    ...(/^(\/[\w.-]+)+$/.test(mountPath)
      ? []
      : [`expected an absolute path such as /mnt/shared, got ${JSON.stringify(mountPath)}`]),
  ];
}

const variablesOf = ({ environment, parameterArns }: ServiceAddition) => [
  ...Object.keys(environment ?? {}),
  ...Object.keys(parameterArns ?? {}),
];

function join(one: ServiceAddition, other: ServiceAddition): ServiceAddition {
  return {
    environment: { ...one.environment, ...other.environment },
    statements: [...(one.statements ?? []), ...(other.statements ?? [])],
    parameterArns: { ...one.parameterArns, ...other.parameterArns },
    volumes: [...(one.volumes ?? []), ...(other.volumes ?? [])],
    startAfter: [...(one.startAfter ?? []), ...(other.startAfter ?? [])],
  };
}

function load(file: string): Extension {
  // The stack file says which module: it cannot be an import.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return (require(file) as { readonly default?: Extension }).default as Extension;
}

function isExtension(extension: unknown): boolean {
  const { beforeServices, extend } = (extension ?? {}) as Record<string, unknown>;
  const isFunction = (part: unknown) => part === undefined || typeof part === "function";
  const some = beforeServices !== undefined || extend !== undefined;
  return some && isFunction(beforeServices) && isFunction(extend);
}

function shown(extension: unknown): string {
  return typeof extension === "object" && extension !== null
    ? `one with ${Object.keys(extension).join(", ") || "nothing"}`
    : String(extension);
}

/** All problems in one error, whose frames would show nothing. */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `crm:extensions: ${problem}`).join("\n"));
  }
}
