/** Unused exemptions are removed. */
import { type Rule, stackRule } from "../define";
import { unusedExemptions } from "../exemptions";
import { rootOf } from "../relations";

const exemptionsUsed = stackRule({
  id: "exemptions-used",
  description: "Every exemption exempts something.",
  severity: "low",
  remediation: "Remove the exemption from the pack's configuration.",
  url: "https://www.pulumi.com/docs/insights/policy/policy-packs/configure/",
  check(graph, reportOn) {
    const root = rootOf(graph);
    for (const { rule, exemption } of root === undefined ? [] : unusedExemptions()) {
      reportOn(root!).violation(
        `The exemption of ${exemption.urn} from ${rule} exempts nothing; remove it.`,
      );
    }
  },
});

export const exemptionRules: readonly Rule[] = [exemptionsUsed];
