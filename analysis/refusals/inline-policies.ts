/** Inline policies that are too long together: IAM limits their sum for each role, user and group, which no schema says. */
import { IAM_LIMITS } from "../../facts/limits";
import type { PlannedResource } from "../plan/model";
import { containsUnknown, isUnknown, reveal } from "../plan/values";
import { isRecord } from "../properties";

type Holder = keyof typeof IAM_LIMITS.inlinePolicyCharacters;

interface Inline {
  readonly resource: PlannedResource;
  readonly property: string;
  readonly length: number;
}

/** The last inline policy of each holder that has more characters in all; policies that are not known count nothing. */
export function longInlinePolicies(resources: readonly PlannedResource[]) {
  const holders = new Map<string, { readonly kind: Holder; readonly policies: Inline[] }>();
  const add = (kind: Holder, name: string, inline: Inline) => {
    const key = `${kind} ${name}`;
    const holder = holders.get(key) ?? { kind, policies: [] };
    holder.policies.push(inline);
    holders.set(key, holder);
  };
  const nameByUrn = new Map(
    resources.map(({ urn, inputs }) => [urn, textOf(inputs["name"]) ?? urn] as const),
  );
  for (const resource of resources) {
    const { type, inputs, urn, propertyDependencies } = resource;
    if (type === "aws:iam/role:Role") {
      for (const [index, one] of listOf(inputs["inlinePolicies"]).entries()) {
        const length = lengthOf(isRecord(one) ? one["policy"] : undefined);
        const property = `inlinePolicies[${index}].policy`;
        add("role", nameByUrn.get(urn)!, { resource, property, length });
      }
    }
    const kind = /^aws:iam\/\w+:(Role|User|Group)Policy$/.exec(type)?.[1]?.toLowerCase() as
      Holder | undefined;
    if (kind === undefined) continue;
    const behind = propertyDependencies[kind] ?? [];
    const name =
      textOf(inputs[kind]) ?? (behind.length === 1 ? nameByUrn.get(behind[0]!) : undefined);
    if (name === undefined) continue;
    add(kind, name, { resource, property: "policy", length: lengthOf(inputs["policy"]) });
  }
  return [...holders.values()].flatMap(({ kind, policies }) => {
    const most = IAM_LIMITS.inlinePolicyCharacters[kind];
    const sum = policies.reduce((total, { length }) => total + length, 0);
    if (sum <= most) return [];
    const { resource, property } = policies.at(-1)!;
    const of = policies.length === 1 ? "" : ` in ${policies.length} policies`;
    return [
      {
        resource,
        property,
        expected: `at most ${most} characters in all inline policies of the ${kind}`,
        got: `${sum} characters${of}`,
      },
    ];
  });
}

/** IAM does not count white space. */
function lengthOf(policy: unknown): number {
  const plain = reveal(policy);
  if (plain === undefined || containsUnknown(plain)) return 0;
  const text = typeof plain === "string" ? plain : (JSON.stringify(plain) ?? "");
  return text.replace(/\s/g, "").length;
}

function textOf(value: unknown): string | undefined {
  const plain = reveal(value);
  return typeof plain === "string" && !isUnknown(plain) && plain !== "" ? plain : undefined;
}

const listOf = (value: unknown): readonly unknown[] => {
  const plain = reveal(value);
  return Array.isArray(plain) ? plain : [];
};
