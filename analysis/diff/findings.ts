/** What in a change has to be agreed to before it is deployed: data that is lost, and what stops. */
import { entryOf } from "../../facts/entry-of";
import type { About } from "../about";
import type { Refusal, ResourceChange } from "./model";
import type { Unseen } from "./unseen";

/** How bad it is. `not made`: the program ignores it, or AWS refuses it. */
export type FindingClass = "data lost" | "outage" | "not made";

/** What an exception has to allow. */
export type FindingOperation = "delete" | "replace" | "expire" | "interrupt";

/** One thing that stops a deployment. */
export interface DiffFinding {
  readonly class: FindingClass;
  readonly operation: FindingOperation | undefined;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** What happens to it, as it follows the name. */
  readonly says: string;
  /** Type, name and what happens. */
  readonly message: string;
  /** False where it depends on something that the plans do not decide. */
  readonly certain: boolean;
}

/** What the program's side says of changes: see {@link About}. */
export type Advice = NonNullable<About["changes"]>;

/** Everything that has to be agreed to, what loses data first. */
export function findingsOf(
  changes: readonly ResourceChange[],
  unseen: readonly Unseen[] = [],
  advice: Advice = {},
): DiffFinding[] {
  const made = new Set(changes.filter(({ op }) => op === "create").map(({ type }) => type));
  const found = changes.flatMap((change) => findingsOfOne(change, made.has(change.type), advice));
  const hidden = unseen.map((one) =>
    finding(
      one,
      NOT_MADE,
      `: ${one.property} changes in the program and would stay as it is, because the program ignores it afterwards: ${one.says}.${adviceOn(advice, one.type, one.property)}`,
    ),
  );
  const order: readonly FindingClass[] = ["data lost", "outage", "not made"];
  return [...found, ...hidden].sort((a, b) => order.indexOf(a.class) - order.indexOf(b.class));
}

const NOT_MADE = { class: "not made", operation: undefined, certain: true } as const;

function finding(
  { urn, type, name }: Pick<ResourceChange, "urn" | "type" | "name">,
  of: Pick<DiffFinding, "class" | "operation" | "certain">,
  says: string,
): DiffFinding {
  return { ...of, urn, type, name, says, message: `${type} "${name}"${says}` };
}

/** The advice on a type or on a property of it, with a blank before it. */
function adviceOn(advice: Advice, type: string, property?: string): string {
  const own = property === undefined ? type : `${type}.${/^\w+/.exec(property)![0]}`;
  const text = entryOf(advice, own);
  return text === undefined ? "" : ` ${text}`;
}

/** `renamed`: one of its type is made beside, so that this one may be the same under another name. */
function findingsOfOne(change: ResourceChange, renamed: boolean, advice: Advice): DiffFinding[] {
  const { urn, type, op, loss, outage } = change;
  const certain = change.certain && !loss?.uncertain;
  const of = (kind: FindingClass, operation: FindingOperation, says: string) => [
    finding(change, { class: kind, operation, certain }, says),
  ];
  const stuck = change.protected ? " It is protected: Pulumi refuses until it is not." : "";
  if (op === "replace" || op === "may-replace") {
    const would = `${op === "replace" ? "would" : "may"} be replaced${reasonOf(change)}`;
    if (loss !== undefined) {
      const does = loss.kept ? "leaves behind" : "loses";
      const says = ` ${would}; that ${does} ${loss.holds}. Safe way: ${loss.safeWay}.${adviceOn(advice, type)}${stuck}`;
      return of("data lost", "replace", says);
    }
    if (outage !== undefined) {
      return of("outage", "replace", ` ${would}: ${outage}.${adviceOn(advice, type)}${stuck}`);
    }
    return [];
  }
  if (op === "delete") {
    const alias = renamed
      ? ` If it was renamed, give the new one an alias (\`aliases: ["${urn}"]\`).`
      : "";
    if (loss !== undefined) {
      const says = ` would be deleted; that loses ${loss.holds}.${alias} Safe way: ${loss.safeWay}.${adviceOn(advice, type)}${stuck}`;
      return of("data lost", "delete", says);
    }
    if (outage !== undefined) {
      return of(
        "outage",
        "delete",
        ` would be ${outage}.${alias}${adviceOn(advice, type)}${stuck}`,
      );
    }
    return [];
  }
  // A refusal hides nothing: what it does not concern is deployed with it, or at the next attempt.
  const refusal = refusalIn(change);
  const down = interrupted(change, refusal?.property);
  const made = expired(change, down, advice) ?? down;
  return [...(refusal ? [refused(change, refusal, advice)] : []), ...(made ? [made] : [])];
}

function refused(change: ResourceChange, { property, why }: Refusal, advice: Advice): DiffFinding {
  return finding(change, NOT_MADE, `: ${why}.${adviceOn(advice, change.type, property)}`);
}

type Refusable = Pick<ResourceChange, "type" | "properties" | "refusal">;

/**
 * What AWS answers with an error in the middle of the update: what both sides of a change show (refused.ts), and a move of a
 * database to another subnet group of its VPC. The provider asks for that, and RDS answers InvalidVPCNetworkStateFault. To another
 * VPC, whose security groups are others too, it may move. Source: hashicorp/terraform-provider-aws, issue 512.
 */
export function refusalIn({ type, properties, refusal }: Refusable): Refusal | undefined {
  if (refusal !== undefined) return refusal;
  const changes = (one: string) => properties.some(({ property }) => property.startsWith(one));
  if (type !== "aws:rds/instance:Instance" || !changes("dbSubnetGroupName")) return undefined;
  if (changes("vpcSecurityGroupIds")) return undefined;
  return {
    property: "dbSubnetGroupName",
    why: "dbSubnetGroupName changes, and RDS refuses it: an instance stays in its subnet group while it stays in its VPC. Keep the group that it was created in",
  };
}

/** A change in place, or new rules, by which AWS deletes data; what else it does is said as well, for one agreement to both. */
function expired(
  change: ResourceChange,
  down: DiffFinding | undefined,
  advice: Advice,
): DiffFinding | undefined {
  const { type, op, loss } = change;
  if (loss === undefined) return undefined;
  const does = op === "create" ? "would be created for what is there" : "would change in place";
  const says = ` ${does}, and that deletes ${loss.holds}. Safe way: ${loss.safeWay}.${adviceOn(advice, type)}${down ? ` It${down.says}` : ""}`;
  const certain = change.certain && !loss.uncertain;
  return finding(change, { class: "data lost", operation: "expire", certain }, says);
}

/** A change in place that stops the resource, now and not in its window; not by what is refused. */
function interrupted(change: ResourceChange, refusedProperty?: string): DiffFinding | undefined {
  const stopping = change.properties.filter(
    ({ property, interruption }) =>
      property !== refusedProperty &&
      interruption?.effect === "downtime" &&
      interruption.when === "now",
  );
  if (stopping.length === 0) return undefined;
  const named = stopping.map(({ path, interruption }) => `${path} (${interruption!.says})`);
  return finding(
    change,
    { class: "outage", operation: "interrupt", certain: true },
    ` would be down while it changes: ${named.join(", ")}. Without applyImmediately it happens in the maintenance window.`,
  );
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
