/** The tests' stacks without a pilot light: the recovery stack is made in the emergency, from replicated backups. */
import { RECOVERS_BY_TAG } from "../../facts/control-planes";
import { planWith } from "../../operations/example";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "./plans";
import { packConfigFile, STACKS_PROJECT } from "./stack-files";

const CHANGES = {
  config: {
    "crm:recovery": { readiness: "backup-restore" },
    "crm:database": {
      standbyOf: null,
      multiAz: true,
      restore: {
        sourceDbInstanceAutomatedBackupsArn:
          "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-0example0example0example0example",
        useLatestRestorableTime: true,
      },
    },
  },
};

let recovery: Promise<Plan> | undefined;

/** The plan of a stack where nothing stands in the other region. */
export async function planInTheEmergency(stack: string): Promise<Plan> {
  if (stack === "recovery") {
    const base = { stack, cwd: STACKS_PROJECT, packConfig: packConfigFile(stack) };
    recovery ??= planWith(CHANGES, base);
    return structuredClone(await recovery);
  }
  const plan = await planOf(stack);
  for (const { inputs } of plan.resources) {
    const tags = inputs["tags"] as Record<string, unknown> | undefined;
    if (tags !== undefined) delete tags[RECOVERS_BY_TAG];
  }
  return plan;
}
