import { recorderRules } from "../../../policy-pack/rules/recorder";
import { UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";
import { type Stack, stackTable, variantTable } from "../variants";

const RECORDER = "aws:cfg/recorder:Recorder";
const STATUS = "aws:cfg/recorderStatus:RecorderStatus";
const OWN = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";

describe("policy pack: recorder", () => {
  const started: Stack = {
    recorder: { type: RECORDER, props: { name: "all" } },
    status: { type: STATUS, props: { name: "all", isEnabled: true } },
  };
  stackTable(recorderRules, "config-recorder-on", {
    good: started,
    compliant: {
      "by reference": {
        recorder: { props: { name: UNKNOWN_TEXT } },
        status: { props: { name: UNKNOWN_TEXT }, references: { name: ["recorder"] } },
      },
      "a status of the one that AWS calls default": {
        recorder: { props: { name: undefined } },
        status: { props: { name: undefined } },
      },
    },
    violating: {
      "off again": [{ status: { props: { isEnabled: false } } }, /isEnabled is false/],
      "never started": [{ status: undefined }, /no RecorderStatus starts it; add one/],
      "another one started": [{ status: { props: { name: "other" } } }, /no RecorderStatus/],
      "some types": [
        { recorder: { props: { recordingGroup: { allSupported: false } } } },
        /recordingGroup.allSupported is false; set it to true/,
      ],
    },
    unknown: {
      switch: { status: { props: { isEnabled: UNKNOWN_FLAG } } },
      "whose status": { status: { props: { name: UNKNOWN_TEXT } } },
      "which types": { recorder: { props: { recordingGroup: { allSupported: UNKNOWN_FLAG } } } },
    },
  });

  const globally = (includeGlobalResourceTypes: unknown) => ({
    props: { recordingGroup: { includeGlobalResourceTypes } },
  });
  const elsewhere = { type: RECORDER, provider: { region: "eu-west-1" }, props: {} };
  stackTable(recorderRules, "config-global-resources", {
    good: {
      recorder: { type: RECORDER, provider: { region: "us-east-1" }, ...globally(true) },
    },
    compliant: { "in one of two regions": { other: elsewhere } },
    violating: {
      "by default": [globallyOf(undefined), /includeGlobalResourceTypes is not set/],
      "in neither": [{ ...globallyOf(false), other: elsewhere }, /is false; set it to true/],
      "in the same region": [
        { ...globallyOf(false), other: { ...elsewhere, provider: { region: "us-east-1" } } },
        /is not set/,
      ],
    },
    unknown: { switch: globallyOf(UNKNOWN_FLAG) },
  });
  function globallyOf(value: unknown) {
    return { recorder: globally(value) };
  }

  const linkedRole = (awsServiceName: string) => ({
    type: "aws:iam/serviceLinkedRole:ServiceLinkedRole",
    props: { awsServiceName },
  });
  stackTable(recorderRules, "config-service-linked-role", {
    good: {
      recorder: { type: RECORDER, props: { roleArn: `arn:aws:iam::123456789012:role/${OWN}` } },
    },
    compliant: {
      "the stack's": {
        role: linkedRole("config.amazonaws.com"),
        recorder: { props: { roleArn: UNKNOWN_TEXT }, references: { roleArn: ["role"] } },
      },
    },
    violating: {
      "a role by ARN": [
        { recorder: { props: { roleArn: "arn:aws:iam::123456789012:role/config" } } },
        /roleArn is "arn:aws:iam::123456789012:role\/config"; name AWSServiceRoleForConfig/,
      ],
      "a role of the stack": [
        {
          role: { type: "aws:iam/role:Role" },
          recorder: { props: { roleArn: UNKNOWN_TEXT }, references: { roleArn: ["role"] } },
        },
        /roleArn is that of another role/,
      ],
      "another service's": [
        {
          role: linkedRole("ecs.amazonaws.com"),
          recorder: { props: { roleArn: UNKNOWN_TEXT }, references: { roleArn: ["role"] } },
        },
        /roleArn is that of another role/,
      ],
    },
    unknown: {
      role: { recorder: { props: { roleArn: UNKNOWN_TEXT } } },
      service: {
        role: linkedRole(UNKNOWN_TEXT),
        recorder: { props: { roleArn: UNKNOWN_TEXT }, references: { roleArn: ["role"] } },
      },
    },
  });

  const account = (allRegions: unknown) => ({
    accountAggregationSource: { accountIds: ["123456789012"], allRegions },
  });
  variantTable(recorderRules, "config-aggregator-every-region", {
    type: "aws:cfg/configurationAggregator:ConfigurationAggregator",
    good: account(true),
    compliant: {
      "of an organization": {
        accountAggregationSource: undefined,
        organizationAggregationSource: { allRegions: true, roleArn: UNKNOWN_TEXT },
      },
    },
    violating: {
      "some regions": [account(undefined), /no source has allRegions: true; set it/],
      off: [account(false), /no source has/],
    },
    unknown: {
      switch: account(UNKNOWN_FLAG),
      source: { accountAggregationSource: UNKNOWN_TEXT },
    },
  });
});
