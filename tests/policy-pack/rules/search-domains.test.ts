import { searchDomainRules } from "../../../policy-pack/rules/search-domains";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { variantTable } from "../variants";

const DOMAIN = "aws:opensearch/domain:Domain";
const ELASTICSEARCH = "aws:elasticsearch/domain:Domain";

describe("policy pack: search domains", () => {
  const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
  variantTable(searchDomainRules, "search-in-vpc", {
    type: DOMAIN,
    good: { vpcOptions: vpc },
    violating: { none: [{ vpcOptions: undefined }, /vpcOptions is not set, so its address is/] },
    unknown: {},
    unimportant: { "which one": { vpcOptions: UNKNOWN_TEXT } },
  });
  variantTable(searchDomainRules, "search-security-group", {
    type: DOMAIN,
    good: { vpcOptions: vpc },
    violating: {
      "the VPC's own": [
        { vpcOptions: { subnetIds: ["subnet-1"] } },
        /vpcOptions\.securityGroupIds is not set; name a group/,
      ],
    },
    unknown: {},
    unimportant: { "which ones": { vpcOptions: { securityGroupIds: UNKNOWN_LIST } } },
  });
  const ALL = ["ES_APPLICATION_LOGS", "AUDIT_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS"];
  const logs = (types: readonly unknown[], enabled?: unknown) => ({
    logPublishingOptions: types.map((logType) => ({
      logType,
      cloudwatchLogGroupArn: UNKNOWN_TEXT,
      ...(enabled !== undefined && { enabled }),
    })),
  });
  variantTable(searchDomainRules, "search-logged", {
    type: DOMAIN,
    good: logs(ALL),
    violating: {
      none: [
        { logPublishingOptions: undefined },
        /lacks ES_APPLICATION_LOGS, AUDIT.*Required by Opensearch\.4, Opensearch\.5, OS9, CKV_AWS_317, CKV_AWS_84, AWS-0042\./,
      ],
      off: [logs(ALL, false), /CKV_AWS_84/],
      "no audit log": [
        logs(["ES_APPLICATION_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS"]),
        /lacks AUDIT_LOGS; add what is missing\. Required by Opensearch\.5, CKV_AWS_317, AWS-0042\./,
      ],
    },
    unknown: {
      list: { logPublishingOptions: UNKNOWN_LIST },
      type: logs([...ALL.slice(1), UNKNOWN_TEXT]),
      switch: logs(ALL, UNKNOWN_FLAG),
    },
    rows: [
      {
        violating: "of Elasticsearch",
        type: ELASTICSEARCH,
        props: logs(ALL.slice(1)),
        says: /Required by ES\.4\./,
      },
    ],
  });
  const cluster = (change: Record<string, unknown>) => ({ clusterConfig: change });
  const three = { instanceCount: 3, zoneAwarenessEnabled: true };
  variantTable(searchDomainRules, "search-data-nodes", {
    type: DOMAIN,
    good: cluster(three),
    violating: {
      "by default": [
        { clusterConfig: undefined },
        /instanceCount is not set.*zoneAwarenessEnabled is not set.*Required by Opensearch\.6, OS7\./s,
      ],
      two: [
        cluster({ ...three, instanceCount: 2 }),
        /instanceCount is 2.*Required by Opensearch\.6\./,
      ],
    },
    unknown: {
      count: cluster({ ...three, instanceCount: UNKNOWN_TEXT }),
      zones: cluster({ ...three, zoneAwarenessEnabled: UNKNOWN_FLAG }),
    },
  });
  const master = { dedicatedMasterEnabled: true, dedicatedMasterCount: 3 };
  variantTable(searchDomainRules, "search-master-nodes", {
    type: DOMAIN,
    good: cluster(master),
    violating: {
      "by default": [
        { clusterConfig: undefined },
        /dedicatedMasterEnabled is not set.*Required by Opensearch\.11, OS4, CKV_AWS_318, CKV2_AWS_59\./,
      ],
      two: [
        cluster({ ...master, dedicatedMasterCount: 2 }),
        /dedicatedMasterCount is below 3.*Required by Opensearch\.11, CKV_AWS_318\./,
      ],
    },
    unknown: {
      switch: cluster({ ...master, dedicatedMasterEnabled: UNKNOWN_FLAG }),
      count: cluster({ ...master, dedicatedMasterCount: UNKNOWN_TEXT }),
    },
  });
  const security = (enabled: unknown) => ({ advancedSecurityOptions: { enabled } });
  variantTable(searchDomainRules, "search-fine-grained-access", {
    type: DOMAIN,
    good: security(true),
    violating: {
      "by default": [
        { advancedSecurityOptions: undefined },
        /enabled is not set.*Required by Opensearch\.7, CKV2_AWS_52\./,
      ],
      off: [security(false), /enabled is false/],
    },
    unknown: { switch: security(UNKNOWN_FLAG) },
  });
});
