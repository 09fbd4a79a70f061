/** `npm run policies:generate`: writes what is made from the rules and the SDK: page, ids, taggable types. */
import * as fs from "node:fs";

import { TAGGABLE_TYPES_FILE, taggableTypes } from "../../facts/generate/taggable-types";
import {
  PAGE,
  policiesPage,
  RULE_IDS_FILE,
  ruleIds,
} from "../../policy-pack/scripts/generate-docs";

/** The command; returns its exit code. */
export function main(): number {
  // The types first: rules about tags read them.
  fs.writeFileSync(TAGGABLE_TYPES_FILE, `${JSON.stringify(taggableTypes(), null, 1)}\n`);
  fs.writeFileSync(RULE_IDS_FILE, `${JSON.stringify(ruleIds(), null, 2)}\n`);
  fs.writeFileSync(PAGE, policiesPage());
  return 0;
}
