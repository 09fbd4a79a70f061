/** OpenSearch and Elasticsearch domains: where they are, what they log, how many nodes they have, and who may read. HTTPS and TLS between nodes are in more-services.ts. */
import { items, read, UNKNOWN } from "../../analysis/properties";
import { type Controls, expect, isTrue, resourceRule, type Rule } from "../define";
import { records } from "../lists";
import { isSet } from "../relations";
import { typedRule, united } from "../table-rules";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html";
const DOMAIN = "aws:opensearch/domain:Domain";
const ELASTICSEARCH = "aws:elasticsearch/domain:Domain";
const TYPES = [DOMAIN, ELASTICSEARCH];

const inVpc = resourceRule({
  id: "search-in-vpc",
  description: "A search domain is in a VPC, not on the internet.",
  severity: "critical",
  controls: {
    securityHub: ["Opensearch.2", "ES.2"],
    cdkNag: ["OS1"],
    checkov: ["CKV_AWS_137", "CKV_AWS_248"],
  },
  remediation: "Set vpcOptions with subnetIds and securityGroupIds. This replaces the domain.",
  url: `${GUIDE}#opensearch-2`,
  types: TYPES,
  check({ properties }, report) {
    if (!isSet(properties, "vpcOptions")) {
      report.violation("vpcOptions is not set, so its address is on the internet; set it.");
    }
  },
});

const ownGroup = resourceRule({
  id: "search-security-group",
  description: "A search domain in a VPC names its security groups, not the VPC's default one.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_248"] },
  remediation: "Set vpcOptions.securityGroupIds.",
  url: "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html",
  types: TYPES,
  check({ properties }, report) {
    const groups = items(read(properties, "vpcOptions.securityGroupIds"));
    // search-in-vpc judges a domain without a VPC.
    if (groups !== UNKNOWN && groups.length === 0 && isSet(properties, "vpcOptions")) {
      report.violation("vpcOptions.securityGroupIds is not set; name a group of the program.");
    }
  },
});

/** What a log is for, and who requires it. */
const LOGS: readonly (readonly [log: string, type: string, controls: Controls])[] = [
  ["ES_APPLICATION_LOGS", DOMAIN, { securityHub: ["Opensearch.4"] }],
  ["ES_APPLICATION_LOGS", ELASTICSEARCH, { securityHub: ["ES.4"] }],
  [
    "AUDIT_LOGS",
    DOMAIN,
    { securityHub: ["Opensearch.5"], checkov: ["CKV_AWS_317"], trivy: ["AWS-0042"] },
  ],
  [
    "AUDIT_LOGS",
    ELASTICSEARCH,
    { securityHub: ["ES.5"], checkov: ["CKV_AWS_317"], trivy: ["AWS-0042"] },
  ],
  ["SEARCH_SLOW_LOGS", DOMAIN, { cdkNag: ["OS9"] }],
  ["SEARCH_SLOW_LOGS", ELASTICSEARCH, { cdkNag: ["OS9"] }],
  ["INDEX_SLOW_LOGS", DOMAIN, { cdkNag: ["OS9"] }],
  ["INDEX_SLOW_LOGS", ELASTICSEARCH, { cdkNag: ["OS9"] }],
];
const ANY_LOG: Controls = { checkov: ["CKV_AWS_84"] };

const logged = resourceRule({
  id: "search-logged",
  description: "A search domain publishes its error, audit and slow logs to CloudWatch.",
  severity: "medium",
  controls: united([ANY_LOG, ...LOGS.map(([, , controls]) => controls)]),
  remediation: "Add logPublishingOptions for each logType, with cloudwatchLogGroupArn.",
  url: `${GUIDE}#opensearch-5`,
  types: TYPES,
  check({ type, properties }, report) {
    const property = "logPublishingOptions";
    let complete = true;
    const list = records(properties[property], property, {
      undecided: (what) => {
        complete = false;
        report.undecided(what);
      },
    });
    const published = list.map((option) => {
      const enabled = read(option, "enabled");
      const log = read(option, "logType");
      if (enabled === false) return undefined;
      return log === UNKNOWN || enabled === UNKNOWN ? UNKNOWN : log;
    });
    const wanted = LOGS.filter((row) => row[1] === type);
    const absent = wanted.filter(([log]) => !published.includes(log));
    if (!complete || absent.length === 0) {
      return;
    }
    if (published.includes(UNKNOWN)) {
      report.undecided(property);
    } else {
      const none = published.every((log) => log === undefined);
      report.violation(
        `${property} lacks ${absent.map(([log]) => log).join(", ")}; add what is missing.`,
        united([...absent.map(([, , controls]) => controls), ...(none ? [ANY_LOG] : [])]),
      );
    }
  },
});

/** Control by type: of Elasticsearch, and of OpenSearch. */
const byType = (search: Controls, elasticsearch: Controls) =>
  ({
    [DOMAIN]: search,
    [ELASTICSEARCH]: elasticsearch,
  }) as Readonly<Record<string, Controls>>;

const DATA_NODES = byType({ securityHub: ["Opensearch.6"] }, { securityHub: ["ES.6"] });
const ZONES: Controls = { cdkNag: ["OS7"] };

const dataNodes = resourceRule({
  id: "search-data-nodes",
  description: "A search domain has three data nodes, in several zones.",
  severity: "medium",
  controls: united([...Object.values(DATA_NODES), ZONES]),
  remediation: "Set clusterConfig with instanceCount 3 or more and zoneAwarenessEnabled: true.",
  url: `${GUIDE}#opensearch-6`,
  types: TYPES,
  check(subject, report) {
    const controls = DATA_NODES[subject.type]!;
    const enough = (count: unknown) => typeof count === "number" && count >= 3;
    expect(
      subject,
      report,
      "clusterConfig.instanceCount",
      enough,
      "set it to 3 at least",
      () => controls,
    );
    expect(subject, report, "clusterConfig.zoneAwarenessEnabled", isTrue, "set it to true", () =>
      united([controls, ZONES]),
    );
  },
});

const MASTERS = byType(
  { securityHub: ["Opensearch.11"], checkov: ["CKV_AWS_318"] },
  { securityHub: ["ES.7"], checkov: ["CKV_AWS_318"] },
);
const ANY_MASTER: Controls = { cdkNag: ["OS4"], checkov: ["CKV2_AWS_59"] };

const masters = resourceRule({
  id: "search-master-nodes",
  description: "A search domain has three dedicated master nodes.",
  severity: "medium",
  controls: united([...Object.values(MASTERS), ANY_MASTER]),
  remediation: "Set clusterConfig with dedicatedMasterEnabled: true and dedicatedMasterCount: 3.",
  url: `${GUIDE}#opensearch-11`,
  types: TYPES,
  check(subject, report) {
    const controls = MASTERS[subject.type]!;
    const [enabled, count] = ["dedicatedMasterEnabled", "dedicatedMasterCount"].map((name) =>
      read(subject.properties, `clusterConfig.${name}`),
    );
    if (enabled === UNKNOWN) {
      report.undecided("clusterConfig.dedicatedMasterEnabled");
    } else if (enabled !== true) {
      const is = enabled === undefined ? "not set" : "false";
      // Checkov reads the number and the zones, and not the switch without which they have no effect.
      const zones = read(subject.properties, "clusterConfig.zoneAwarenessEnabled") === true;
      const counted = zones && typeof count === "number" && count >= 3;
      report.violation(
        `clusterConfig.dedicatedMasterEnabled is ${is}; set it to true.`,
        united([counted ? { ...controls, checkov: [] } : controls, ANY_MASTER]),
      );
    } else if (count === UNKNOWN) {
      report.undecided("clusterConfig.dedicatedMasterCount");
    } else if (typeof count !== "number" || count < 3) {
      report.violation("clusterConfig.dedicatedMasterCount is below 3; set it to 3.", controls);
    }
  },
});

const fineGrained = typedRule({
  id: "search-fine-grained-access",
  description: "A search domain has fine-grained access control.",
  severity: "high",
  remediation: "Set advancedSecurityOptions with enabled: true and a master user.",
  url: `${GUIDE}#opensearch-7`,
  of: {
    [DOMAIN]: [
      "advancedSecurityOptions.enabled",
      { securityHub: ["Opensearch.7"], checkov: ["CKV2_AWS_52"] },
    ],
    [ELASTICSEARCH]: ["advancedSecurityOptions.enabled", { checkov: ["CKV2_AWS_52"] }],
  },
  accepts: isTrue,
  fix: "set it to true",
});

export const searchDomainRules: readonly Rule[] = [
  inVpc,
  ownGroup,
  logged,
  dataNodes,
  masters,
  fineGrained,
];
