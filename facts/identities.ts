/**
 * What a replacement does to what others refer to: a type whose identifier the program sets comes back under the same id
 * and ARN, one whose identifier AWS makes up comes back under another.
 */
import { entryOf } from "./entry-of";
import { type Fact, SERVICE_AUTHORIZATION } from "./fact";
import { wholeSchemaOf } from "./published-schemas";
import { outerNamesOf } from "./type-names";

export type Identity = "same" | "new" | "unknown";

/**
 * Types whose identifier AWS lists as read-only although it follows from the name: the ARN or address is made of the
 * account, the region and the name alone. In the source, "Resource types defined by" a service, the ARN of each has the name as
 * its only variable part; facts/iam/actions.json has the same formats.
 */
export const FROM_THE_NAME = {
  types: {
    "aws:sns/topic:Topic": ["name"],
    "aws:sqs/queue:Queue": ["name"],
    "aws:ecs/service:Service": ["name", "cluster"],
    "aws:iam/policy:Policy": ["name", "path"],
    "aws:budgets/budget:Budget": ["name"],
    "aws:cloudwatch/eventRule:EventRule": ["name", "eventBusName"],
    "aws:scheduler/schedule:Schedule": ["name", "groupName"],
  },
  source: SERVICE_AUTHORIZATION,
  asOf: "2026-09-26",
} as const satisfies Fact & Record<string, unknown>;

/** Whether a recreated resource has its previous id, as far as its inputs decide it. */
export function identityAfter(
  token: string,
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): Identity {
  // What is drawn again is another value.
  if (token.startsWith("random:")) return "new";
  const own = identifyingProperties(token);
  return typeof own === "string" ? own : unchanged(own, old, now) ? "same" : "new";
}

/** The inputs that an id is made of: two resources with the same ones are one. `new` where AWS makes up the id. */
export function identifyingProperties(token: string): readonly string[] | "new" | "unknown" {
  const own = entryOf(FROM_THE_NAME.types, token);
  if (own !== undefined) return own;
  const schema = wholeSchemaOf(token);
  if (schema === undefined) return "unknown";
  const identifier = schema.primaryIdentifier;
  if (identifier.some((one) => schema.readOnlyProperties?.includes(one))) return "new";
  const properties = identifier.map(
    (one) => outerNamesOf(token, one.split("/").slice(2).join("."))[0],
  );
  const known = properties.filter((one) => one !== undefined);
  return known.length < identifier.length ? "unknown" : known;
}

function unchanged(
  properties: readonly string[],
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): boolean {
  const [first] = properties;
  return (
    first !== undefined &&
    now[first] !== undefined &&
    properties.every((one) => JSON.stringify(old[one]) === JSON.stringify(now[one]))
  );
}
