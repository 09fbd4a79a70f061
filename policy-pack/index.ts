/** The pack: all rules, mandatory unless a rule or the stack's configuration says otherwise. */
import { analyzerOf } from "./analyzer";
import { version } from "./package.json";
import { RULES } from "./rules";
import { serve } from "./serve";

export { unjudgedTypes } from "./unjudged";

serve(
  analyzerOf(
    {
      name: "crm-policy-pack",
      version,
      level: "mandatory",
      displayName: "CRM on AWS",
      description: "Tagging, encryption, exposure and more for Pulumi programs on AWS.",
      provider: "aws",
      tags: ["aws", "security", "tagging"],
    },
    RULES,
  ),
);
