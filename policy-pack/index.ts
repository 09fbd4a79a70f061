/** The pack: all rules, mandatory unless a rule or the stack's configuration says otherwise. */
import { PolicyPack } from "@pulumi/policy";

import { memoizeProperties } from "./memoize";
import { RULES } from "./rules";

memoizeProperties();

new PolicyPack("crm-policy-pack", {
  displayName: "CRM on AWS",
  description: "Tagging, encryption, exposure and more for Pulumi programs on AWS.",
  enforcementLevel: "mandatory",
  provider: "aws",
  tags: ["aws", "security", "tagging"],
  policies: RULES.map(({ policy }) => policy),
});
