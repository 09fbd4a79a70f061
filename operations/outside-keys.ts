/** Keys of another owner, which a plan knows only by its alias for them. */
import type { PlannedResource } from "../tools/preview/index";

const ALIAS = "aws:kms/alias:Alias";

/**
 * A plan's resources and, for each alias whose key the plan does not have, that key as docs/adopting.md asks it of its owner:
 * it delegates to the account, and the deployment may do there what it may do with the stack's own keys.
 */
export function withOutsideKeys(
  resources: readonly PlannedResource[],
  account: string,
): PlannedResource[] {
  const root = `arn:aws:iam::${account}:root`;
  const statement = { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const keys = new Map<string, PlannedResource>();
  for (const one of resources.filter(({ type }) => type === ALIAS)) {
    const isOutside = (one.propertyDependencies["targetKeyId"] ?? []).length === 0;
    if (typeof one.inputs["targetKeyId"] !== "string" || !isOutside) continue;
    const made = { urn: `${one.urn}:key`, type: "aws:kms/key:Key", inputs: { policy, tags: {} } };
    keys.set(one.urn, { ...one, ...made, propertyDependencies: {} });
  }
  if (keys.size === 0) return [...resources];
  /** What is made of the alias is made of its key, too. */
  const withKey = (urn: string) => [urn, ...(keys.has(urn) ? [keys.get(urn)!.urn] : [])];
  const linked = resources.map((one) => {
    const own = keys.get(one.urn);
    const dependencies = Object.entries(one.propertyDependencies).map(
      ([input, urns]): [string, string[]] => [input, urns.flatMap(withKey)],
    );
    const named: Record<string, string[]> = own ? { targetKeyId: [own.urn] } : {};
    return { ...one, propertyDependencies: { ...Object.fromEntries(dependencies), ...named } };
  });
  return [...linked, ...keys.values()];
}
