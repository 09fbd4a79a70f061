/** What in a change has to be agreed to before it is deployed: data that is lost, and what stops. */
import type { ResourceChange } from "./model";
import type { Unseen } from "./unseen";

/** How bad it is. */
export type FindingClass = "data lost" | "outage" | "unseen";

/** What an exception has to allow. */
export type FindingOperation = "delete" | "replace" | "interrupt";

/** One thing that stops a deployment. */
export interface DiffFinding {
  readonly class: FindingClass;
  readonly operation: FindingOperation | undefined;
  readonly urn: string;
  readonly message: string;
  /** False where it depends on something that the plans do not decide. */
  readonly certain: boolean;
}

/** Everything that has to be agreed to, what loses data first. */
export function findingsOf(
  changes: readonly ResourceChange[],
  unseen: readonly Unseen[] = [],
): DiffFinding[] {
  const found = changes.flatMap((change) => findingOf(change) ?? []);
  const hidden = unseen.map(({ urn, name, property, says, runbook }): DiffFinding => ({
    ...{ class: "unseen", operation: undefined, urn, certain: true },
    message: `${name}: ${property} changes in the program and would stay as it is, because the program ignores it afterwards: ${says}. Follow ${runbook}.`,
  }));
  const order: readonly FindingClass[] = ["data lost", "outage", "unseen"];
  return [...found, ...hidden].sort((a, b) => order.indexOf(a.class) - order.indexOf(b.class));
}

function findingOf(change: ResourceChange): DiffFinding | undefined {
  const { urn, type, name, op, certain, loss, outage } = change;
  const who = `${type} "${name}"`;
  const stuck = change.protected ? " It is protected: Pulumi refuses until it is not." : "";
  if (op === "replace" || op === "may-replace") {
    const would = `${op === "replace" ? "would" : "may"} be replaced${reasonOf(change)}`;
    if (loss !== undefined) {
      const does = loss.kept ? "leaves behind" : "loses";
      const message = `${who} ${would}; that ${does} ${loss.holds}. Safe way: ${loss.safeWay}.${stuck}`;
      return { class: "data lost", operation: "replace", urn, message, certain };
    }
    if (outage !== undefined) {
      const message = `${who} ${would}: ${outage}.${stuck}`;
      return { class: "outage", operation: "replace", urn, message, certain };
    }
    return undefined;
  }
  if (op === "delete") {
    const alias = `If it was renamed, give the new one an alias (\`aliases: ["${urn}"]\`).`;
    if (loss !== undefined) {
      const message = `${who} would be deleted; that loses ${loss.holds}. ${alias} Safe way: ${loss.safeWay}.${stuck}`;
      return { class: "data lost", operation: "delete", urn, message, certain };
    }
    if (outage !== undefined) {
      const message = `${who} would be ${outage}. ${alias}${stuck}`;
      return { class: "outage", operation: "delete", urn, message, certain };
    }
    return undefined;
  }
  return interrupted(change);
}

/** A change in place that stops the resource, now and not in its window. */
function interrupted({ urn, type, name, properties }: ResourceChange): DiffFinding | undefined {
  const stopping = properties.filter(
    ({ interruption }) => interruption?.effect === "downtime" && interruption.when === "now",
  );
  if (stopping.length === 0) return undefined;
  const named = stopping.map(({ path, interruption }) => `${path} (${interruption!.says})`);
  return {
    ...{ class: "outage", operation: "interrupt", urn, certain: true },
    message: `${type} "${name}" would be down while it changes: ${named.join(", ")}. Without applyImmediately it happens in the maintenance window.`,
  };
}

/** ` because dbName changes`: what replaces it for certain, or what may. */
export function reasonOf({ properties }: Pick<ResourceChange, "properties">): string {
  const replaces = properties.filter(({ verdict }) => verdict === "replaces");
  const certain = replaces.filter((one) => one.certain);
  const may = properties.filter(({ verdict }) => verdict === "may-replace");
  const named = (certain.length > 0 ? certain : [...replaces, ...may]).map(({ path, condition }) =>
    condition === undefined ? path : `${path} (${condition})`,
  );
  return named.length === 0 ? "" : ` because ${[...new Set(named)].join(", ")} changes`;
}
