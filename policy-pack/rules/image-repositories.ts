/** Image repositories. */
import { expect, isTrue, resourceRule, type Rule, stackRule } from "../define";
import { judgeStatements } from "../document-rules";
import { openToStrangers } from "../openness";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const REPOSITORY = "aws:ecr/repository:Repository";

const scanOnPush = stackRule({
  id: "ecr-scan-on-push",
  description: "An image is scanned for vulnerabilities when it is pushed.",
  severity: "high",
  controls: { securityHub: ["ECR.1"], checkov: ["CKV_AWS_163"], trivy: ["AWS-0030"] },
  remediation: "Set imageScanningConfiguration.scanOnPush to true.",
  url: `${GUIDE}/ecr-controls.html#ecr-1`,
  check(graph, reportOn) {
    // A registry with scanning rules of its own overrides the repositories' settings.
    const registry = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";
    if (graph.ofType(registry).length === 0) {
      for (const node of graph.ofType(REPOSITORY)) {
        const property = "imageScanningConfiguration.scanOnPush";
        expect(node, reportOn(node), property, isTrue, "set it to true");
      }
    }
  },
});

interface Exclusions {
  /** Whether IMMUTABLE_WITH_EXCLUSION, which leaves some tags mutable, is enough. */
  readonly allowExclusions: boolean;
}

const immutableTags = resourceRule<Exclusions>({
  id: "ecr-immutable-tags",
  description: "Image tags are immutable.",
  severity: "medium",
  controls: { securityHub: ["ECR.2"], checkov: ["CKV_AWS_51"], trivy: ["AWS-0031"] },
  remediation: 'Set imageTagMutability to "IMMUTABLE".',
  url: `${GUIDE}/ecr-controls.html#ecr-2`,
  defaults: { allowExclusions: false },
  types: [REPOSITORY, "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"],
  check(subject, report, { allowExclusions }) {
    const accepted = ["IMMUTABLE", ...(allowExclusions ? ["IMMUTABLE_WITH_EXCLUSION"] : [])];
    const accepts = (value: unknown) => accepted.includes(value as string);
    expect(subject, report, "imageTagMutability", accepts, 'set it to "IMMUTABLE"');
  },
});

const lifecycle = stackRule({
  id: "ecr-lifecycle-policy",
  description: "A repository expires old images.",
  severity: "medium",
  controls: { securityHub: ["ECR.3"] },
  remediation: "Add an aws.ecr.LifecyclePolicy.",
  url: `${GUIDE}/ecr-controls.html#ecr-3`,
  check(graph, reportOn) {
    const type = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
    for (const repository of graph.ofType(REPOSITORY)) {
      if (graph.referring(repository, type, "repository").length > 0) {
        continue;
      }
      if (graph.unplaced(type, "repository", REPOSITORY).length > 0) {
        reportOn(repository).undecided("the repository of a LifecyclePolicy");
      } else {
        reportOn(repository).violation("no LifecyclePolicy refers to it; add one.");
      }
    }
  },
});

const POLICIES: Readonly<Record<string, string>> = {
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:ecr/registryPolicy:RegistryPolicy": "policy",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
};

const policyNotPublic = resourceRule({
  id: "ecr-policy-not-public",
  description: "Images are not public.",
  severity: "high",
  controls: { cdkNag: ["ECR1"], checkov: ["CKV_AWS_32"], trivy: ["AWS-0032"] },
  remediation: "Name the accounts that may pull, or remove the statement.",
  url: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
  types: Object.keys(POLICIES),
  check(subject, report) {
    judgeStatements(subject.properties, POLICIES[subject.type]!, report, (statement) =>
      openToStrangers(statement, "name accounts"),
    );
  },
});

export const imageRepositoryRules: readonly Rule[] = [
  scanOnPush,
  immutableTags,
  lifecycle,
  policyNotPublic,
];
