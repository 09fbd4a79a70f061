/** Resource policies of types without a group of rules of their own. */
import { isRecord, items, known, type Properties, read, UNKNOWN } from "../../analysis/properties";
import { type Report, resourceRule, type Rule } from "../define";
import { judgeStatements } from "../document-rules";
import { openToStrangers } from "../openness";

/**
 * Properties with a resource policy, by type. Left out are policies that are public on purpose: of APIs, which are
 * judged by their authorizers, and of public registries.
 */
const POLICIES: Readonly<Record<string, string>> = {
  "aws:acmpca/policy:Policy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
  "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
  "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
  "aws:elasticsearch/domain:Domain": "accessPolicies",
  "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:glacier/vault:Vault": "accessPolicy",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
  "aws:msk/clusterPolicy:ClusterPolicy": "policy",
  "aws:networkfirewall/resourcePolicy:ResourcePolicy": "policy",
  "aws:opensearch/domain:Domain": "accessPolicies",
  "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
  "aws:s3/accessPoint:AccessPoint": "policy",
  "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
  "aws:s3control/bucketPolicy:BucketPolicy": "policy",
  "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy",
  "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
  "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
  "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
  "aws:schemas/registryPolicy:RegistryPolicy": "policy",
  "aws:ses/identityPolicy:IdentityPolicy": "policy",
  "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
  "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
};

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

export const resourcePolicyRules: readonly Rule[] = [notPublic];
