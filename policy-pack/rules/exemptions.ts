/** Unused exemptions are removed. */
import { type Rule, stackRule } from "../define";
import { unusedExemptions } from "../exemptions";

const exemptionsUsed = stackRule({
  id: "exemptions-used",
  description: "Every exemption exempts something.",
  severity: "low",
  remediation: "Remove the exemption from the pack's configuration.",
  url: "https://www.pulumi.com/docs/insights/policy/policy-packs/configure/",
  check(graph, reportOn) {
    const root = graph.ofType("pulumi:pulumi:Stack")[0] ?? graph.nodes[0];
    for (const { rule, exemption } of root === undefined ? [] : unusedExemptions()) {
      reportOn(root!).violation(
        `The exemption of ${exemption.urn} from ${rule} exempts nothing; remove it.`,
      );
    }
  },
});

export const exemptionRules: readonly Rule[] = [exemptionsUsed];
