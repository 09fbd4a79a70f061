import { machineLearningRules } from "../../../policy-pack/rules/machine-learning";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { variantTable } from "../variants";

const NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance";
const MODEL = "aws:sagemaker/model:Model";
const SCHEDULE = "aws:sagemaker/monitoringSchedule:MonitoringSchedule";
const QUALITY = "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition";

describe("policy pack: machine learning", () => {
  for (const [id, property] of [
    ["notebook-no-direct-internet", "directInternetAccess"],
    ["notebook-no-root", "rootAccess"],
  ] as const) {
    variantTable(machineLearningRules, id, {
      type: NOTEBOOK,
      good: { [property]: "Disabled" },
      violating: {
        "by default": [{ [property]: undefined }, /is not set; set it to "Disabled"/],
        on: [{ [property]: "Enabled" }, /is "Enabled"/],
      },
      unknown: { switch: { [property]: UNKNOWN_TEXT } },
    });
  }

  const metadata = (minimumInstanceMetadataServiceVersion: unknown) => ({
    instanceMetadataServiceConfiguration: { minimumInstanceMetadataServiceVersion },
  });
  variantTable(machineLearningRules, "notebook-imdsv2", {
    type: NOTEBOOK,
    good: metadata("2"),
    violating: {
      "by default": [{ instanceMetadataServiceConfiguration: undefined }, /is not set/],
      "both versions": [metadata("1"), /set it to "2"/],
    },
    unknown: { version: metadata(UNKNOWN_TEXT) },
  });

  variantTable(machineLearningRules, "notebook-platform", {
    type: NOTEBOOK,
    good: { platformIdentifier: "notebook-al2023-v1" },
    violating: {
      "by default": [{ platformIdentifier: undefined }, /platformIdentifier is not set/],
      "the one before": [{ platformIdentifier: "notebook-al2-v3" }, /is "notebook-al2-v3"/],
    },
    unknown: { platform: { platformIdentifier: UNKNOWN_TEXT } },
  });

  variantTable(machineLearningRules, "notebook-in-vpc", {
    type: NOTEBOOK,
    good: { subnetId: "subnet-1" },
    violating: { none: [{ subnetId: undefined }, /subnetId is not set; name a subnet/] },
    unknown: {},
    unimportant: { "its id": { subnetId: UNKNOWN_TEXT } },
  });

  variantTable(machineLearningRules, "sagemaker-model-isolated", {
    type: MODEL,
    good: { enableNetworkIsolation: true },
    violating: { "by default": [{ enableNetworkIsolation: undefined }, /is not set/] },
    unknown: { switch: { enableNetworkIsolation: UNKNOWN_FLAG } },
  });

  const variants = (...productionVariants: unknown[]) => ({ productionVariants });
  variantTable(machineLearningRules, "sagemaker-endpoint-redundant", {
    type: "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    good: variants({ initialInstanceCount: 2, instanceType: "ml.m5.large" }),
    compliant: { serverless: variants({ serverlessConfig: { maxConcurrency: 5 } }) },
    violating: {
      one: [variants({ initialInstanceCount: 1 }), /productionVariants\[0\].*Count is 1; set it/],
      "without a word": [
        variants({ initialInstanceCount: 2 }, { instanceType: "ml.m5.large" }),
        /productionVariants\[1\].initialInstanceCount is not set/,
      ],
    },
    unknown: {
      list: { productionVariants: UNKNOWN_LIST },
      variant: variants(UNKNOWN_TEXT),
      count: variants({ initialInstanceCount: UNKNOWN_TEXT }),
      serverless: variants({ serverlessConfig: UNKNOWN_TEXT }),
    },
  });

  const image = (repositoryAccessMode: unknown) => ({ imageConfig: { repositoryAccessMode } });
  variantTable(machineLearningRules, "sagemaker-model-private-registry", {
    type: MODEL,
    good: { primaryContainer: image("Vpc") },
    compliant: { "two of them": { primaryContainer: undefined, containers: [image("Vpc")] } },
    violating: {
      "without a word": [
        { primaryContainer: { image: "registry/model" } },
        /repositoryAccessMode is not set; set it to "Vpc"\. Required by SageMaker\.16\./,
      ],
      "AWS's network": [
        { primaryContainer: undefined, containers: [image("Vpc"), image("Platform")] },
        /containers\[1\].*is "Platform".*Required by SageMaker\.19\./,
      ],
    },
    unknown: {
      mode: { primaryContainer: image(UNKNOWN_TEXT) },
      list: { primaryContainer: undefined, containers: UNKNOWN_LIST },
    },
  });

  for (const [id, property, quality, schedule] of [
    [
      "sagemaker-job-traffic-encrypted",
      "enableInterContainerTrafficEncryption",
      /Required by SageMaker\.9, CKV_AWS_369\./,
      /Required by SageMaker\.22\./,
    ],
    [
      "sagemaker-job-isolated",
      "enableNetworkIsolation",
      /Required by SageMaker\.11\./,
      /Required by SageMaker\.14\./,
    ],
  ] as const) {
    const scheduled = (networkConfig: unknown) => ({
      monitoringScheduleConfig: { monitoringJobDefinition: { networkConfig } },
    });
    variantTable(machineLearningRules, id, {
      type: QUALITY,
      good: { networkConfig: { [property]: true } },
      violating: {
        "without a word": [{ networkConfig: undefined }, quality],
        off: [{ networkConfig: { [property]: false } }, /is false; set it to true/],
      },
      unknown: {
        switch: { networkConfig: { [property]: UNKNOWN_FLAG } },
        block: { networkConfig: UNKNOWN_TEXT },
      },
      rows: [
        { compliant: "a schedule", type: SCHEDULE, props: scheduled({ [property]: true }) },
        {
          compliant: "a schedule of a job that is defined elsewhere",
          type: SCHEDULE,
          props: { monitoringScheduleConfig: { monitoringJobDefinitionName: "quality" } },
        },
        { violating: "a schedule's own job", type: SCHEDULE, props: scheduled({}), says: schedule },
        { unknown: "a schedule's network", type: SCHEDULE, props: scheduled(UNKNOWN_TEXT) },
      ],
    });
  }
});
