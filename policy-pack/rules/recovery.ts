/** Recovery: what a loss may cost, and what the other region needs. The derivation is in `recovery/`. */
import { copyRegions, missingElsewhere } from "../../recovery/closure";
import { derive, OBJECTIVES, type Objectives } from "../../recovery/objectives";
import { RecoveryStack } from "../../recovery/resources";
import { stackRule, type Rule } from "../define";
import type { StackGraph } from "../graph";

const PILLAR =
  "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/plan-for-disaster-recovery-dr.html";

function stackOf(graph: StackGraph): RecoveryStack {
  return new RecoveryStack(
    graph.nodes.map(({ type, name, urn, properties, references }) => ({
      type,
      name,
      urn,
      inputs: properties,
      references,
    })),
  );
}

interface Hours {
  readonly rpoHours: number;
  readonly rtoHours: number;
  readonly abusedRpoHours: number;
  readonly abusedRtoHours: number;
}

const objectives = stackRule<Hours>({
  id: "rpo-rto",
  description:
    "Backups and copies keep the recovery point and recovery time objectives of each data store.",
  severity: "high",
  controls: { securityHub: ["RDS.26", "S3.7"], checkov: ["CKV_AWS_144"] },
  remediation:
    "Run `npm run recovery -- --stack <stack>`: it says which protection is missing; the settings are in crm:recovery and crm:storage.",
  url: PILLAR,
  defaults: {
    rpoHours: OBJECTIVES["region lost"].lossMinutes / 60,
    rtoHours: OBJECTIVES["region lost"].restoreMinutes / 60,
    abusedRpoHours: OBJECTIVES["access abused"].lossMinutes / 60,
    abusedRtoHours: OBJECTIVES["access abused"].restoreMinutes / 60,
  },
  check(graph, reportOn, config) {
    const report = derive(stackOf(graph), objectivesOf(config));
    if (report.exemptBecause !== undefined) {
      return;
    }
    for (const { urn, store, scenario, problems } of report.findings) {
      if (problems.length > 0) {
        reportOn({ urn }).violation(`${store}, ${scenario}: ${problems.join("; ")}.`);
      }
    }
  },
});

function objectivesOf(hours: Hours): Objectives {
  const disaster = { lossMinutes: hours.rpoHours * 60, restoreMinutes: hours.rtoHours * 60 };
  return {
    "region lost": disaster,
    "destroyed in place": disaster,
    "access abused": {
      lossMinutes: hours.abusedRpoHours * 60,
      restoreMinutes: hours.abusedRtoHours * 60,
    },
  };
}

const closure = stackRule({
  id: "recovery-closure",
  description:
    "A stack that keeps copies in another region keeps there what the recovery needs: images, secrets, keys.",
  severity: "high",
  remediation: "Copy what the message names to the region of the other copies.",
  url: PILLAR,
  check(graph, reportOn) {
    const stack = stackOf(graph);
    if (copyRegions(stack).length === 0) {
      return;
    }
    for (const { urn, message } of missingElsewhere(stack)) {
      reportOn({ urn }).violation(message);
    }
  },
});

export const recoveryRules: readonly Rule[] = [objectives, closure];
