/**
 * Tables, clusters, search domains, trails: services that other programs use and this platform does not. Servers are
 * in servers.ts.
 */
import { items, read, UNKNOWN } from "../../analysis/properties";
import { SEARCH_TLS } from "../../facts/tls-policies";
import { expect, isTrue, resourceRule, type Rule, stackRule } from "../define";
import { isSet, propertyRule } from "../relations";
import { requireKey } from "./customer-managed-keys";
import { serverRules } from "./servers";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";

/** Rules that ask for one value of one property. */
const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "dynamodb-pitr",
    description: "A table has point-in-time recovery.",
    severity: "medium",
    controls: {
      securityHub: ["DynamoDB.2"],
      cdkNag: ["DDB3"],
      checkov: ["CKV_AWS_28"],
      trivy: ["AWS-0024"],
    },
    remediation: "Set pointInTimeRecovery.enabled to true.",
    url: `${GUIDE}/dynamodb-controls.html#dynamodb-2`,
    types: ["aws:dynamodb/table:Table"],
    property: "pointInTimeRecovery.enabled",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "dynamodb-deletion-protection",
    description: "A table has deletion protection.",
    severity: "medium",
    controls: { securityHub: ["DynamoDB.6"] },
    remediation: "Set deletionProtectionEnabled to true.",
    url: `${GUIDE}/dynamodb-controls.html#dynamodb-6`,
    types: ["aws:dynamodb/table:Table"],
    property: "deletionProtectionEnabled",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "kinesis-encrypted",
    description: "A stream is encrypted.",
    severity: "medium",
    controls: {
      securityHub: ["Kinesis.1"],
      cdkNag: ["KDS1"],
      checkov: ["CKV_AWS_43"],
      trivy: ["AWS-0064"],
    },
    remediation: 'Set encryptionType to "KMS" and kmsKeyId.',
    url: `${GUIDE}/kinesis-controls.html#kinesis-1`,
    types: ["aws:kinesis/stream:Stream"],
    property: "encryptionType",
    accepts: (value) => value === "KMS",
    fix: 'set it to "KMS"',
  },
  {
    id: "eks-endpoint-not-public",
    description: "A cluster's API endpoint is private.",
    severity: "high",
    controls: {
      securityHub: ["EKS.1"],
      cdkNag: ["EKS1"],
      checkov: ["CKV_AWS_39"],
      trivy: ["AWS-0040"],
    },
    remediation: "Set vpcConfig.endpointPublicAccess to false and endpointPrivateAccess to true.",
    url: `${GUIDE}/eks-controls.html#eks-1`,
    types: ["aws:eks/cluster:Cluster"],
    property: "vpcConfig.endpointPublicAccess",
    // By default it is public.
    accepts: (value) => value === false,
    fix: "set it to false",
  },
  {
    id: "cloudtrail-multi-region",
    description: "A trail records the events of every region.",
    severity: "high",
    controls: {
      securityHub: ["CloudTrail.1"],
      cis: ["3.1"],
      checkov: ["CKV_AWS_67"],
      trivy: ["AWS-0014"],
    },
    remediation: "Set isMultiRegionTrail to true.",
    url: `${GUIDE}/cloudtrail-controls.html#cloudtrail-1`,
    types: ["aws:cloudtrail/trail:Trail"],
    property: "isMultiRegionTrail",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "cloudtrail-validated",
    description: "A trail validates the integrity of its log files.",
    severity: "medium",
    controls: {
      securityHub: ["CloudTrail.4"],
      cis: ["3.2"],
      checkov: ["CKV_AWS_36"],
      trivy: ["AWS-0016"],
    },
    remediation: "Set enableLogFileValidation to true.",
    url: `${GUIDE}/cloudtrail-controls.html#cloudtrail-4`,
    types: ["aws:cloudtrail/trail:Trail"],
    property: "enableLogFileValidation",
    accepts: isTrue,
    fix: "set it to true",
  },
];

const tableKey = stackRule({
  id: "dynamodb-cmk",
  description: "A table is encrypted with a customer-managed key.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_119"], trivy: ["AWS-0025"] },
  remediation: "Set serverSideEncryption with enabled: true and kmsKeyArn.",
  url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:dynamodb/table:Table")) {
      const report = reportOn(node);
      expect(node, report, "serverSideEncryption.enabled", isTrue, "set it to true");
      requireKey(graph, node, "serverSideEncryption.kmsKeyArn", report);
    }
  },
});

const trailKey = stackRule({
  id: "cloudtrail-cmk",
  description: "A trail's files are encrypted with a customer-managed key.",
  severity: "medium",
  controls: {
    securityHub: ["CloudTrail.2"],
    cis: ["3.5"],
    checkov: ["CKV_AWS_35"],
    trivy: ["AWS-0015"],
  },
  remediation: "Set kmsKeyId.",
  url: `${GUIDE}/cloudtrail-controls.html#cloudtrail-2`,
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:cloudtrail/trail:Trail")) {
      requireKey(graph, node, "kmsKeyId", reportOn(node));
    }
  },
});

const clusterSecrets = resourceRule({
  id: "eks-secrets-encrypted",
  description: "A cluster's secrets are encrypted with a customer-managed key.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_58"], trivy: ["AWS-0039"] },
  remediation: 'Set encryptionConfig with resources ["secrets"] and a key.',
  url: "https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
  types: ["aws:eks/cluster:Cluster"],
  check({ properties }, report) {
    const resources = items(read(properties, "encryptionConfig.resources"));
    if (resources !== UNKNOWN && resources.includes("secrets")) {
      if (!isSet(properties, "encryptionConfig.provider.keyArn")) {
        report.violation("encryptionConfig.provider.keyArn is not set; name a key.");
      }
      return;
    }
    if (resources === UNKNOWN || resources.includes(UNKNOWN)) {
      report.undecided("encryptionConfig.resources");
    } else {
      const where = isSet(properties, "encryptionConfig") ? ".resources lacks" : " is not set for";
      report.violation(`encryptionConfig${where} "secrets"; set resources and a key in it.`);
    }
  },
});

const SEARCH_POLICY = { securityHub: ["ES.8", "Opensearch.8"] };

const searchHttps = resourceRule({
  id: "search-https",
  description:
    "A search domain serves HTTPS only, with a security policy of 2023 or later and TLS 1.2 or newer.",
  severity: "medium",
  controls: {
    securityHub: ["ES.8", "Opensearch.8"],
    checkov: ["CKV_AWS_83", "CKV_AWS_228"],
    trivy: ["AWS-0046", "AWS-0126"],
  },
  remediation: `Set domainEndpointOptions with enforceHttps: true and tlsSecurityPolicy "${SEARCH_TLS.names[0]}".`,
  url: `${GUIDE}/opensearch-controls.html#opensearch-8`,
  types: ["aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"],
  check(subject, report) {
    // Within the block the provider's default is true; without it AWS's is false.
    const block = read(subject.properties, "domainEndpointOptions") !== undefined;
    const enforced = (value: unknown) => value === true || (value === undefined && block);
    expect(
      subject,
      report,
      "domainEndpointOptions.enforceHttps",
      enforced,
      "set it to true",
      () => ({ ...SEARCH_POLICY, checkov: ["CKV_AWS_83"], trivy: ["AWS-0046"] }),
    );
    expect(
      subject,
      report,
      "domainEndpointOptions.tlsSecurityPolicy",
      (policy) => (SEARCH_TLS.names as readonly unknown[]).includes(policy),
      `set it to "${SEARCH_TLS.names[0]}"`,
      // To Checkov and Trivy any policy with TLS 1.2 suffices.
      (policy) =>
        /TLS-1-2/.test(String(policy))
          ? SEARCH_POLICY
          : { ...SEARCH_POLICY, checkov: ["CKV_AWS_228"], trivy: ["AWS-0126"] },
    );
  },
});

const nodesEncrypted = resourceRule({
  id: "search-node-to-node-encrypted",
  description: "A search domain encrypts node-to-node traffic.",
  severity: "medium",
  controls: {
    securityHub: ["ES.3", "Opensearch.3"],
    cdkNag: ["OS2"],
    checkov: ["CKV_AWS_6"],
    trivy: ["AWS-0043"],
  },
  remediation: "Set nodeToNodeEncryption.enabled to true.",
  url: `${GUIDE}/opensearch-controls.html#opensearch-3`,
  types: ["aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"],
  check(subject, report) {
    const count = read(subject.properties, "clusterConfig.instanceCount");
    // A single node, which is the default, has no peers; Security Hub and Trivy ask for it all the same.
    const hasPeers = count === UNKNOWN || (typeof count === "number" && count > 1);
    expect(subject, report, "nodeToNodeEncryption.enabled", isTrue, "set it to true", () =>
      hasPeers
        ? undefined
        : { securityHub: ["ES.3", "Opensearch.3"], cdkNag: ["OS2"], trivy: ["AWS-0043"] },
    );
  },
});

export const moreServiceRules: readonly Rule[] = [
  ...serverRules,
  ...SINGLE.map(propertyRule),
  tableKey,
  trailKey,
  clusterSecrets,
  searchHttps,
  nodesEncrypted,
];
