/** AWS Config: recorders, what they record, and aggregators. */
import { regionOf } from "../../analysis/plan/regions";
import { read, shown, UNKNOWN } from "../../analysis/properties";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { expect, isTrue, resourceRule, type Rule, stackRule } from "../define";
import { companions } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html";
const RECORDER = "aws:cfg/recorder:Recorder";
const STATUS = "aws:cfg/recorderStatus:RecorderStatus";

const recording = stackRule({
  id: "config-recorder-on",
  description: "A recorder of AWS Config is started and records every supported type of resource.",
  severity: "medium",
  controls: { securityHub: ["Config.1"], cis: ["3.3"], checkov: ["CKV2_AWS_45"] },
  remediation:
    "Remove allSupported or set it to true, and add an aws.cfg.RecorderStatus of the recorder with isEnabled: true.",
  url: `${GUIDE}#config-1`,
  check(graph, reportOn) {
    const statuses = graph.ofType(STATUS);
    for (const status of statuses) {
      expect(status, reportOn(status), "isEnabled", isTrue, "set it to true");
    }
    for (const recorder of graph.ofType(RECORDER)) {
      const report = reportOn(recorder);
      const all = (value: unknown) => value !== false;
      expect(recorder, report, "recordingGroup.allSupported", all, "set it to true");
      if (statuses.some(({ properties }) => read(properties, "name") === undefined)) {
        // Of the recorder that AWS calls default, which may be this one.
        continue;
      }
      if (companions(graph, recorder, STATUS, "name", report)?.length === 0) {
        report.violation("no RecorderStatus starts it; add one with isEnabled: true.");
      }
    }
  },
});

const globalTypes = stackRule({
  id: "config-global-resources",
  description: "In one region, a recorder records global resources such as IAM's, too.",
  severity: "medium",
  controls: { securityHub: ["Config.1"], checkov: ["CKV2_AWS_48"] },
  remediation: "Set recordingGroup.includeGlobalResourceTypes to true in the home region.",
  url: `${GUIDE}#config-1`,
  check(graph, reportOn) {
    const property = "recordingGroup.includeGlobalResourceTypes";
    const recorders = graph.ofType(RECORDER).map((node) => ({
      node,
      region: regionOf(node),
      value: read(node.properties, property),
    }));
    for (const { node, region } of recorders) {
      const elsewhere = recorders
        .filter((other) => other.region !== region && other.region !== UNKNOWN)
        .map(({ value }) => value);
      if (!elsewhere.includes(true)) {
        expect(node, reportOn(node), property, isTrue, "set it to true");
      }
    }
  },
});

/** The role that AWS Config makes for itself. */
const OWN_ROLE = /:role\/aws-service-role\/config\.amazonaws\.com\/AWSServiceRoleForConfig$/;

const ownRole = stackRule({
  id: "config-service-linked-role",
  description: "A recorder has AWS Config's service-linked role, which may read every resource.",
  severity: "medium",
  controls: { securityHub: ["Config.1"] },
  remediation:
    "Set roleArn to that of AWSServiceRoleForConfig, which aws.iam.ServiceLinkedRole creates.",
  url: `${GUIDE}#config-1`,
  check(graph, reportOn) {
    for (const node of graph.ofType(RECORDER)) {
      const role = read(node.properties, "roleArn");
      const linked = graph.referred(node, "roleArn", "aws:iam/serviceLinkedRole:ServiceLinkedRole");
      const services = (linked === UNKNOWN ? [] : linked).map(({ properties }) =>
        read(properties, "awsServiceName"),
      );
      const own = graph.referred(node, "roleArn", "aws:iam/role:Role");
      const isOther = services.length > 0 || (own !== UNKNOWN && own.length > 0);
      if (
        typeof role === "string"
          ? OWN_ROLE.test(role)
          : services.includes(SERVICE_PRINCIPALS.config)
      ) {
        continue;
      }
      if (role === UNKNOWN && (!isOther || services.includes(UNKNOWN))) {
        reportOn(node).undecided("roleArn");
      } else {
        reportOn(node).violation(
          `roleArn is ${role === UNKNOWN ? "that of another role" : shown(role, "destination")}; name AWSServiceRoleForConfig.`,
        );
      }
    }
  },
});

const everyRegion = resourceRule({
  id: "config-aggregator-every-region",
  description: "An aggregator of AWS Config collects from every region.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_121"], trivy: ["AWS-0019"] },
  remediation:
    "Set allRegions to true in accountAggregationSource or organizationAggregationSource.",
  url: "https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html",
  types: ["aws:cfg/configurationAggregator:ConfigurationAggregator"],
  check({ properties }, report) {
    const paths = ["accountAggregationSource", "organizationAggregationSource"].map(
      (source) => `${source}.allRegions`,
    );
    const values = paths.map((path) => read(properties, path));
    if (values.includes(true)) {
      return;
    }
    const unknown = paths[values.indexOf(UNKNOWN)];
    if (unknown !== undefined) {
      report.undecided(unknown);
    } else {
      report.violation(`no source has allRegions: true; set it.`);
    }
  },
});

export const recorderRules: readonly Rule[] = [recording, globalTypes, ownRole, everyRegion];
