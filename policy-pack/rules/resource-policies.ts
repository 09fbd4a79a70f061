/** Resource policies of types without a group of rules of their own. */
import { isRecord, items, known, type Properties, read, UNKNOWN } from "../../analysis/properties";
import { RESOURCE_POLICIES } from "../../facts/type-properties";
import { type Report, resourceRule, type Rule } from "../define";
import { judgeStatements } from "../document-rules";
import { openToStrangers } from "../openness";
import { resourceConfusedDeputy } from "./confused-deputy";

/**
 * Types whose policies the rules of their own service judge. Policies that are public on purpose are in no table: those
 * of APIs, which are judged by their authorizers, and of public registries.
 */
const JUDGED_BY_SERVICE: ReadonlySet<string> = new Set([
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
  "aws:ecr/registryPolicy:RegistryPolicy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:secretsmanager/secretPolicy:SecretPolicy",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sqs/queuePolicy:QueuePolicy",
]);

const POLICIES = Object.fromEntries(
  Object.entries(RESOURCE_POLICIES.properties).filter(([type]) => !JUDGED_BY_SERVICE.has(type)),
);

/** Types that allow one principal, without a policy document. */
const LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission";

/** Whether a resource is reachable only from a VPC, regardless of its policy; UNKNOWN when that is not known yet. */
function isInVpc(type: string, properties: Properties): boolean | typeof UNKNOWN {
  if (!/^aws:(opensearch|elasticsearch)\/domain:/.test(type)) {
    return false;
  }
  const options = known(properties["vpcOptions"]);
  const subnets = isRecord(options) ? items(options["subnetIds"]) : items(options);
  return subnets === UNKNOWN && !isRecord(options)
    ? UNKNOWN
    : subnets === UNKNOWN || subnets.length > 0;
}

const notPublic = resourceRule({
  id: "resource-policy-not-public",
  description: "No resource policy is public.",
  severity: "critical",
  controls: { cdkNag: ["OS5"], checkov: ["CKV_AWS_283"] },
  remediation:
    "Name the principals, or add a condition that strangers cannot meet, such as aws:PrincipalOrgID.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
  types: [...Object.keys(POLICIES), LAYER],
  check({ type, properties }, report) {
    if (type === LAYER) {
      judgeLayer(properties, report);
      return;
    }
    const inVpc = isInVpc(type, properties);
    if (inVpc === UNKNOWN) {
      report.undecided("vpcOptions");
    } else if (!inVpc) {
      judgeStatements(properties, POLICIES[type]!, report, (statement) =>
        openToStrangers(statement, "name the principals, or add a condition"),
      );
    }
  },
});

function judgeLayer(properties: Properties, report: Report): void {
  const principal = read(properties, "principal");
  if (principal === UNKNOWN) {
    report.undecided("principal");
  } else if (principal === "*" && read(properties, "organizationId") === undefined) {
    report.violation('principal is "*"; name the account, or set organizationId.');
  }
}

export const resourcePolicyRules: readonly Rule[] = [notPublic, resourceConfusedDeputy];
