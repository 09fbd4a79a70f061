/** Web ACLs with more rate-based rules than WAF takes, which no schema says: they stand among other rules. */
import { WEB_ACL_LIMITS } from "../../facts/limits";
import type { PlannedResource } from "../plan/model";
import { reveal } from "../plan/values";
import { isRecord } from "../properties";

/** A rate-based statement is the whole statement of its rule: it is in no other. */
export function tooManyRateRules(resources: readonly PlannedResource[]) {
  const most = WEB_ACL_LIMITS.rateBasedRules;
  return resources.flatMap((resource) => {
    if (resource.type !== "aws:wafv2/webAcl:WebAcl") return [];
    const rules = reveal(resource.inputs["rules"]);
    const found = (Array.isArray(rules) ? rules : []).filter(
      (rule) =>
        isRecord(rule) && isRecord(rule["statement"]) && rule["statement"]["rateBasedStatement"],
    );
    if (found.length <= most) return [];
    const expected = `at most ${most} rate-based rules`;
    return [{ resource, property: "rules", expected, got: `${found.length} rate-based rules` }];
  });
}
