/** Loads the modules of `crm:extensions` and joins what they add to services. */
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import type { ServiceAddition } from "../service";
import { additionProblems } from "./addition-problems";
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

function join(one: ServiceAddition, other: ServiceAddition): ServiceAddition {
  return {
    environment: { ...one.environment, ...other.environment },
    statements: [...(one.statements ?? []), ...(other.statements ?? [])],
    parameterArns: { ...one.parameterArns, ...other.parameterArns },
    secretVersions: { ...one.secretVersions, ...other.secretVersions },
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
