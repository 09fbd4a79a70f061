/** Recovery: the objectives (RPO and RTO), and what the other region needs. The derivation is in `../recovery`. */
import type { Node, StackGraph } from "../../analysis/graph";
import { placed, regionOf } from "../../analysis/plan/regions";
import { isRecord, known, UNKNOWN, type Properties } from "../../analysis/properties";
import { CLOSURE } from "../../analysis/recovery/closure";
import { notStanding } from "../../analysis/recovery/control-planes";
import { copyRegions, recoveryRegions } from "../../analysis/recovery/copy-regions";
import { SCENARIOS, type BucketPurpose } from "../../analysis/recovery/data-stores";
import { decided, undecidedBy, type Missing } from "../../analysis/recovery/missing";
import { derive, OBJECTIVES, type Objectives } from "../../analysis/recovery/objectives";
import { unwatchedPromises } from "../../analysis/recovery/promises";
import { RecoveryStack } from "../../analysis/recovery/resources";
import { standInRegion, usedElsewhere } from "../../analysis/recovery/stand-in";
import { stackRule, type Report, type Rule } from "../define";
import { homeOf } from "../relations";
import { effectiveTags } from "./tagging";

const PILLAR =
  "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/plan-for-disaster-recovery-dr.html";

const stacks = new WeakMap<StackGraph, RecoveryStack>();

/** The stack as derivations read it, made once. */
export function stackOf(graph: StackGraph): RecoveryStack {
  let stack = stacks.get(graph);
  if (stack === undefined) {
    const home = homeOf(graph);
    stack = new RecoveryStack(
      graph.nodes.map((node) => ({
        type: node.type,
        name: node.name,
        urn: node.urn,
        inputs: placed(withEnvironment(node), regionOf(node), home),
        references: node.references,
        ignoreChanges: node.options.ignoreChanges,
      })),
      undefined,
      {},
      home,
    );
    stacks.set(graph, stack);
  }
  return stack;
}

const STORES = ["aws:rds/instance:Instance", "aws:s3/bucket:Bucket"];

/** A store's properties with its environment, which may come from the provider's default tags. */
function withEnvironment(node: Node): Properties {
  const { type, properties } = node;
  const tags = known(properties["tags"]);
  if (!STORES.includes(type) || tags === UNKNOWN) {
    return properties;
  }
  const environment = effectiveTags(node).byKey.get("Environment");
  return typeof environment === "string"
    ? { ...properties, tags: { ...(isRecord(tags) ? tags : {}), Environment: environment } }
    : properties;
}

interface Settings {
  readonly rpoHours: number;
  readonly rtoHours: number;
  readonly compromisedRpoHours: number;
  readonly compromisedRtoHours: number;
  /** Words in the names of buckets whose data need not come back. */
  readonly notRecovered: readonly string[];
  /** The same of those that are filled again from elsewhere after compromised credentials have emptied them. */
  readonly filledAgain: readonly string[];
}

const objectives = stackRule<Settings>({
  id: "rpo-rto",
  description:
    "Backups and copies meet the recovery point and recovery time objectives of each data store.",
  severity: "high",
  controls: { securityHub: ["RDS.26"] },
  remediation:
    "Give the store in the message a backup or a copy that survives what the message names, and is recent and quick enough.",
  url: PILLAR,
  defaults: {
    rpoHours: OBJECTIVES["region lost"].lossMinutes / 60,
    rtoHours: OBJECTIVES["region lost"].restoreMinutes / 60,
    compromisedRpoHours: OBJECTIVES["compromised credentials"].lossMinutes / 60,
    compromisedRtoHours: OBJECTIVES["compromised credentials"].restoreMinutes / 60,
    notRecovered: [],
    filledAgain: [],
  },
  check(graph, reportOn, config) {
    const report = derive(stackOf(graph), objectivesOf(config), { buckets: purposesOf(config) });
    if (report.exemptBecause !== undefined) {
      return;
    }
    const answers = report.findings.flatMap(
      ({ urn, store, scenario, problems, unknown }): Missing[] => {
        if (unknown !== undefined) {
          return [undecidedBy(unknown)];
        }
        return problems.length === 0
          ? []
          : [{ urn, message: `${store}, ${scenario}: ${problems.join("; ")}.` }];
      },
    );
    reportAll(reportOn, answers);
  },
});

function purposesOf({ notRecovered, filledAgain }: Settings): BucketPurpose[] {
  return [
    ...notRecovered.map((word) => ({ word, scenarios: [] })),
    ...filledAgain.map((word) => ({
      word,
      scenarios: SCENARIOS.filter((scenario) => scenario !== "compromised credentials"),
    })),
  ];
}

function objectivesOf(hours: Settings): Objectives {
  const disaster = { lossMinutes: hours.rpoHours * 60, restoreMinutes: hours.rtoHours * 60 };
  return {
    "region lost": disaster,
    "data deleted or corrupted": disaster,
    "compromised credentials": {
      lossMinutes: hours.compromisedRpoHours * 60,
      restoreMinutes: hours.compromisedRtoHours * 60,
    },
  };
}

/** Answers of one kind of closure, for each region that the stack has copies in. */
function closureRule(
  info: { id: string; description: string; remediation: string; url: string },
  missing: (stack: RecoveryStack, region: string) => readonly Missing[],
  regions: (stack: RecoveryStack) => readonly string[] = recoveryRegions,
): Rule {
  return stackRule({
    ...info,
    severity: "high",
    check(graph, reportOn) {
      const stack = stackOf(graph);
      const { result, unknown } = stack.noting(() => regions(stack));
      reportAll(reportOn, [
        ...unknown.map(undecidedBy),
        ...result.flatMap((region) => missing(stack, region)),
      ]);
    },
  });
}

/** Reports each answer; each unknown value once, even if several answers depend on it. */
function reportAll(
  reportOn: (resource: { urn: string }) => Report,
  answers: readonly Missing[],
): void {
  const told = new Set<string>();
  for (const { urn, ...answer } of answers) {
    if (answer.undecided === undefined) {
      reportOn({ urn }).violation(answer.message);
    } else if (!told.has(`${urn} ${answer.undecided}`)) {
      told.add(`${urn} ${answer.undecided}`);
      reportOn({ urn }).undecided(answer.undecided, answer.because);
    }
  }
}

/** The region of a stack that replaces another, as a list. */
function ownRegion(stack: RecoveryStack): string[] {
  const region = standInRegion(stack);
  return region === undefined ? [] : [region];
}

const copies = closureRule(
  {
    id: "recovery-closure",
    description:
      "A stack with copies in another region also has there what recovery needs: images, secrets and keys; and its DNS records can be changed.",
    remediation: "Copy the resource in the message to the region of the other copies.",
    url: PILLAR,
  },
  CLOSURE.copies,
);

const certificates = closureRule(
  {
    id: "recovery-certificates",
    description:
      "ACM can issue the load balancer's certificate in the other region with existing validation records.",
    remediation: "Let ACM issue the certificate with DNS validation and a record for each host.",
    url: "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
  },
  CLOSURE.certificates,
);

const parameters = closureRule(
  {
    id: "recovery-parameters",
    description:
      "The stack's program creates the parameters and secrets that services and functions read, or replicates them.",
    remediation:
      "Let the program set or generate the value, or store it in a secret with a replica in the other region.",
    url: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_config_drift.html",
  },
  CLOSURE.parameters,
  (stack) => [...new Set([...recoveryRegions(stack), ...ownRegion(stack)])],
);

const quotas = closureRule(
  {
    id: "recovery-quotas",
    description:
      "The platform at its maximum size fits the quotas of the other region, or the quotas requested there.",
    remediation: "Request the quota that the message names in the other region.",
    url: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_manage_service_limits_aware_fixed_limits.html",
  },
  CLOSURE.quotas,
);

const standIn = closureRule(
  {
    id: "recovery-stands-alone",
    description:
      "A stack that replaces another after the loss of its region uses nothing in the lost region.",
    remediation: "Name resources in the stack's own region instead; the copies are there.",
    url: PILLAR,
  },
  (stack, region) => decided(stack, () => usedElsewhere(stack, region, copyRegions(stack))),
  ownRegion,
);

const controlPlanes = closureRule(
  {
    id: "recovery-control-planes",
    description:
      "A recovery stack exists before the region is lost: recovery then creates nothing whose control plane is in another region. Both stacks are judged.",
    remediation:
      "Let the stack stand before the loss as a pilot light: its database a replica of the other region's primary, its services without tasks.",
    url: "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html",
  },
  notStanding,
  (stack) => [...ownRegion(stack), ...recoveryRegions(stack)],
);

const watch = closureRule(
  {
    id: "recovery-watch",
    description:
      "An alarm in the recovery region fires when the platform's region is lost, and notifies through the recovery region.",
    remediation:
      "Add an alarm there that treats missing data as breaching and publishes to a topic there.",
    url: "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html",
  },
  CLOSURE.watch,
);

const promises = stackRule({
  id: "recovery-promises-watched",
  description:
    "Each recovery point that the plan derives has an alarm, or a rule on failed backups, that reports when it is missed, before the objective is.",
  severity: "high",
  remediation:
    "Add an alarm on ReplicationLatency, NewestBackupAge, NewestCopyAge, RestorableAge or ReplicaLag in the region of the copies; for AWS Backup also a rule on failed jobs.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html",
  check(graph, reportOn) {
    reportAll(reportOn, unwatchedPromises(stackOf(graph)));
  },
});

export const recoveryRules: readonly Rule[] = [
  objectives,
  copies,
  certificates,
  parameters,
  quotas,
  standIn,
  watch,
  controlPlanes,
  promises,
];
