/** SageMaker: notebook instances, endpoints, models and monitoring jobs. */
import { read, shown, UNKNOWN } from "../../analysis/properties";
import { NOTEBOOK_PLATFORMS } from "../../facts/security-hub";
import { type Controls, expect, isTrue, resourceRule, type Rule } from "../define";
import { isSet, itemPaths, propertyRule, setRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html";
const NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance";
const MODEL = "aws:sagemaker/model:Model";
const PLATFORM = String(NOTEBOOK_PLATFORMS.supported[0]);

const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "notebook-no-direct-internet",
    description: "A notebook instance reaches the internet through its VPC only.",
    severity: "high",
    controls: { securityHub: ["SageMaker.1"], cdkNag: ["SM3"], checkov: ["CKV_AWS_122"] },
    remediation:
      'Set directInternetAccess to "Disabled" and subnetId. This replaces the notebook instance.',
    url: `${GUIDE}#sagemaker-1`,
    types: [NOTEBOOK],
    property: "directInternetAccess",
    accepts: (value) => value === "Disabled",
    fix: 'set it to "Disabled"',
  },
  {
    id: "notebook-no-root",
    description: "Users of a notebook instance have no root access.",
    severity: "high",
    controls: { securityHub: ["SageMaker.3"], checkov: ["CKV_AWS_307"] },
    remediation: 'Set rootAccess to "Disabled".',
    url: `${GUIDE}#sagemaker-3`,
    types: [NOTEBOOK],
    property: "rootAccess",
    accepts: (value) => value === "Disabled",
    fix: 'set it to "Disabled"',
  },
  {
    id: "notebook-imdsv2",
    description: "A notebook instance requires IMDSv2 tokens.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_371"] },
    remediation:
      'Set instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion to "2".',
    url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstanceMetadataServiceConfiguration.html",
    types: [NOTEBOOK],
    property: "instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion",
    accepts: (version) => version === "2",
    fix: 'set it to "2"',
  },
  {
    id: "notebook-platform",
    description: "A notebook instance runs on a platform that AWS supports.",
    severity: "medium",
    controls: { securityHub: ["SageMaker.8"] },
    remediation: `Set platformIdentifier to "${PLATFORM}". This replaces the notebook instance.`,
    url: `${GUIDE}#sagemaker-8`,
    types: [NOTEBOOK],
    property: "platformIdentifier",
    accepts: (platform) => NOTEBOOK_PLATFORMS.supported.includes(platform),
    fix: `set it to "${PLATFORM}"`,
  },
  {
    id: "sagemaker-model-isolated",
    description: "A model's containers have no access to networks.",
    severity: "medium",
    controls: { securityHub: ["SageMaker.5"], checkov: ["CKV_AWS_370"] },
    remediation: "Set enableNetworkIsolation to true.",
    url: `${GUIDE}#sagemaker-5`,
    types: [MODEL],
    property: "enableNetworkIsolation",
    accepts: isTrue,
    fix: "set it to true",
  },
];

const notebookInVpc = setRule({
  id: "notebook-in-vpc",
  description: "A notebook instance is in a VPC of the account.",
  severity: "high",
  controls: { securityHub: ["SageMaker.2"], cdkNag: ["SM1"], checkov: ["CKV_AWS_306"] },
  remediation: "Set subnetId and securityGroups. This replaces the notebook instance.",
  url: `${GUIDE}#sagemaker-2`,
  types: [NOTEBOOK],
  paths: ["subnetId"],
  fix: "name a subnet",
});

const endpointRedundant = resourceRule({
  id: "sagemaker-endpoint-redundant",
  description: "An endpoint's variants on instances start with two or more of them.",
  severity: "medium",
  controls: { securityHub: ["SageMaker.4"] },
  remediation: "Set initialInstanceCount to 2 or more.",
  url: `${GUIDE}#sagemaker-4`,
  types: ["aws:sagemaker/endpointConfiguration:EndpointConfiguration"],
  check({ properties }, report) {
    for (const path of itemPaths(properties, "productionVariants", report)) {
      const variant = read(properties, path);
      const count = read(properties, `${path}.initialInstanceCount`);
      if (variant === UNKNOWN || read(properties, `${path}.serverlessConfig`) === UNKNOWN) {
        report.undecided(path);
      } else if (isSet(properties, `${path}.serverlessConfig`)) {
        // AWS places a serverless variant.
      } else if (count === UNKNOWN) {
        report.undecided(`${path}.initialInstanceCount`);
      } else if (!(typeof count === "number" && count > 1)) {
        report.violation(`${path}.initialInstanceCount is ${shown(count)}; set it to 2 or more.`);
      }
    }
  },
});

const privateRegistry = resourceRule({
  id: "sagemaker-model-private-registry",
  description: "A model's images come from a registry in the VPC.",
  severity: "low",
  level: "advisory",
  controls: { securityHub: ["SageMaker.16", "SageMaker.19"] },
  remediation: 'Set imageConfig.repositoryAccessMode to "Vpc", with vpcConfig.',
  url: `${GUIDE}#sagemaker-16`,
  types: [MODEL],
  check(subject, report) {
    const { properties } = subject;
    const primary = isSet(properties, "primaryContainer") ? ["primaryContainer"] : [];
    for (const path of [...primary, ...itemPaths(properties, "containers", report)]) {
      expect(
        subject,
        report,
        `${path}.imageConfig.repositoryAccessMode`,
        (mode) => mode === "Vpc",
        'set it to "Vpc"',
        () => ({ securityHub: [path === "primaryContainer" ? "SageMaker.16" : "SageMaker.19"] }),
      );
    }
  },
});

interface Job {
  /** The block of the network. */
  readonly network: string;
  readonly traffic: Controls;
  readonly isolation: Controls;
}

/** Monitoring jobs that the provider has. */
const JOBS: Readonly<Record<string, Job>> = {
  "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition": {
    network: "networkConfig",
    traffic: { securityHub: ["SageMaker.9"], checkov: ["CKV_AWS_369"] },
    isolation: { securityHub: ["SageMaker.11"] },
  },
  "aws:sagemaker/monitoringSchedule:MonitoringSchedule": {
    network: "monitoringScheduleConfig.monitoringJobDefinition.networkConfig",
    traffic: { securityHub: ["SageMaker.22"] },
    isolation: { securityHub: ["SageMaker.14"] },
  },
};

/** A switch of the network of monitoring jobs; a schedule that names a definition leaves it to that one. */
function jobRule(
  rule: Pick<Parameters<typeof propertyRule>[0], "id" | "description" | "controls" | "url">,
  property: string,
  breaks: (job: Job) => Controls,
): Rule {
  return resourceRule({
    ...rule,
    severity: "medium",
    remediation: `Set ${property} to true in the network's configuration.`,
    types: Object.keys(JOBS),
    check(subject, report) {
      const job = JOBS[subject.type]!;
      const definition = "monitoringScheduleConfig.monitoringJobDefinition";
      if (!job.network.startsWith(definition) || isSet(subject.properties, definition)) {
        const path = `${job.network}.${property}`;
        expect(subject, report, path, isTrue, "set it to true", () => breaks(job));
      }
    },
  });
}

const jobRules = [
  jobRule(
    {
      id: "sagemaker-job-traffic-encrypted",
      description: "A monitoring job encrypts the traffic between its containers.",
      controls: { securityHub: ["SageMaker.9", "SageMaker.22"], checkov: ["CKV_AWS_369"] },
      url: `${GUIDE}#sagemaker-9`,
    },
    "enableInterContainerTrafficEncryption",
    ({ traffic }) => traffic,
  ),
  jobRule(
    {
      id: "sagemaker-job-isolated",
      description: "A monitoring job's containers have no access to networks.",
      controls: { securityHub: ["SageMaker.11", "SageMaker.14"] },
      url: `${GUIDE}#sagemaker-11`,
    },
    "enableNetworkIsolation",
    ({ isolation }) => isolation,
  ),
];

export const machineLearningRules: readonly Rule[] = [
  ...SINGLE.map(propertyRule),
  notebookInVpc,
  endpointRedundant,
  privateRegistry,
  ...jobRules,
];
