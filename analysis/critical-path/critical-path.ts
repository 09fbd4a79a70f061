import type { MeasuredDuration } from "../../facts/duration-rows";
import type { PlannedResource } from "../plan/model";
import { parseUrn } from "../plan/urn";
import { ComponentTree } from "./component-waits";
import { creationTimeOf } from "./creation";
import { Schedule, type Wait } from "./schedule";

/** One resource of the chain that decides how long a first `up` takes. */
export interface CriticalStep {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** How long its creation typically takes. */
  readonly seconds: number;
  /** Seconds after the beginning of `up` at which its creation can begin. */
  readonly startsAt: number;
  /** Why it waits for the step before: the inputs that carry its outputs, "dependsOn" or "parent". */
  readonly because?: string;
  /** True where no source confirms `seconds`. */
  readonly estimate: boolean;
}

/** A dependency which no input needs and which makes the whole longer. */
export interface LengtheningDependency {
  /** URN of the resource that waits. */
  readonly from: string;
  /** URN of the resource, or of the component, it waits for. */
  readonly on: string;
  /** How much shorter the whole is without it. */
  readonly seconds: number;
}

/** The longest chain of creations, its length, and what lengthens it without need. */
export interface CriticalPath {
  readonly seconds: number;
  readonly steps: readonly CriticalStep[];
  readonly lengthening: readonly LengtheningDependency[];
}

/**
 * The longest chain of creations in a plan: what a first `pulumi up` waits for. Assumes that everything that
 * may run at once does: the engine's own limit (`--parallel`, four a processor by default) and the throttling
 * of AWS come on top. https://github.com/pulumi/pulumi/pull/18782
 *
 * Takes time in proportion to resources and dependencies, once for the path and once more for each explicit
 * dependency on it.
 *
 * @param measured what creations took on the team's own stacks; wins over facts/durations.json
 */
export function criticalPath(
  resources: readonly PlannedResource[],
  measured: readonly MeasuredDuration[] = [],
): CriticalPath {
  const times = resources.map((resource) => creationTimeOf(resource, measured));
  const creation = times.map(({ seconds }) => seconds);
  const schedule = new Schedule(resources);
  const { seconds, links } = schedule.chain(creation);
  const steps = links.map(({ index, start, waits }): CriticalStep => {
    const resource = resources[index]!;
    return {
      ...{ urn: resource.urn, type: resource.type, name: resource.name },
      ...{ ...times[index]!, startsAt: start },
      ...(waits.length > 0 && { because: reasonOf(resource, waits) }),
    };
  });
  const tree = new ComponentTree(resources);
  const lengthening = links
    .flatMap(({ waits }) => waits)
    .filter(({ reason }) => reason === "dependsOn")
    .map(({ from, on }) => {
      const cut = { from, on: tree.wholeComponent(from, on) ?? on };
      return { ...cut, seconds: seconds - schedule.chain(creation, cut).seconds };
    })
    .filter((dependency) => dependency.seconds > 0);
  return { seconds, steps, lengthening };
}

/** In words: the inputs that carry the step before, or what else makes a step wait for it. */
function reasonOf({ propertyDependencies }: PlannedResource, waits: readonly Wait[]): string {
  const own = waits.at(-1)!;
  const whole = waits.findLast(({ reason }) => reason === "whole");
  const all = whole ? ` (all of ${parseUrn(whole.on).name})` : "";
  if (own.reason === "inputs") {
    const inputs = Object.keys(propertyDependencies).filter((name) =>
      propertyDependencies[name]!.includes(own.on),
    );
    return `${inputs.join(", ")}${all}`;
  }
  // What a component waits for, its children wait for.
  const above = waits.find(({ reason }) => reason === "dependsOn");
  if (!above) return `parent${all}`;
  const of = above === own ? "" : ` of ${parseUrn(above.from).name}`;
  return `dependsOn${of}${all}`;
}
