/** The pack: all rules, mandatory unless a rule or the stack's configuration says otherwise. */
import { PolicyPack } from "@pulumi/policy";

import { version } from "./package.json";
import { RULES } from "./rules";
import { answerQuickly, type PackIdentity } from "./server";

const PACK: PackIdentity = { name: "crm-policy-pack", version, level: "mandatory" };

answerQuickly(PACK, RULES);

new PolicyPack(PACK.name, {
  displayName: "CRM on AWS",
  description: "Tagging, encryption, exposure and more for Pulumi programs on AWS.",
  enforcementLevel: PACK.level,
  provider: "aws",
  tags: ["aws", "security", "tagging"],
  policies: RULES.map(({ policy }) => policy),
});
