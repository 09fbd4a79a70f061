/** Functions: who may call them, where they run, where failed events go. */
import { counted } from "../../analysis/counted";
import { isRecord, items, read, shown, UNKNOWN } from "../../analysis/properties";
import { SUPPORTED_RUNTIMES } from "../../facts/lambda-runtimes";
import { expect, resourceRule, type Rule, stackRule } from "../define";
import { type AcceptsDefault, REQUIRES_SETTING } from "../lists";
import { permissionOpenTo } from "../openness";
import { companions, fits, isSet, isText, isUnnamed, nameOf, propertyRule } from "../relations";
import { isSecretByName, looksSecret } from "./container-environment";
import { functionRelationRules, isCalledSynchronously } from "./function-relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const FUNCTION = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";
const URL = "aws:lambda/functionUrl:FunctionUrl";

const notPublic = resourceRule({
  id: "lambda-not-public",
  description: "A function cannot be called publicly.",
  severity: "critical",
  controls: { securityHub: ["Lambda.1"], checkov: ["CKV_AWS_301"] },
  remediation: 'Name the principal; give a URL authorizationType "AWS_IAM".',
  url: `${GUIDE}/lambda-controls.html#lambda-1`,
  types: [PERMISSION, URL],
  check(subject, report) {
    if (subject.type === PERMISSION) {
      const open = permissionOpenTo(subject.properties) === "stranger";
      // AWS counts every wildcard principal as public, whatever the source; an organization's permission is a wildcard
      // by its form. Source: AWS Config, lambda-function-public-access-prohibited; AWS Lambda API, AddPermission.
      const isOrganization = isSet(subject.properties, "principalOrgId");
      const accepts = (principal: unknown) => !open && (principal !== "*" || isOrganization);
      expect(subject, report, "principal", accepts, "name the principal");
      return;
    }
    const kind = "authorizationType";
    expect(subject, report, kind, (type) => type === "AWS_IAM", 'set it to "AWS_IAM"');
    const origins = items(read(subject.properties, "cors.allowOrigins"));
    if (origins === UNKNOWN) {
      report.undecided("cors.allowOrigins");
    } else if (origins.includes("*")) {
      report.violation('cors.allowOrigins has "*"; name the origins.');
    }
  },
});

const permissionSource = resourceRule({
  id: "lambda-permission-source",
  description: "A service may call a function only for a named source.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_364"], trivy: ["AWS-0067"] },
  remediation: "Set sourceArn, or sourceAccount.",
  url: `${LAMBDA}/access-control-resource-based.html`,
  types: [PERMISSION],
  check(subject, report) {
    const who = read(subject.properties, "principal");
    const named = ["sourceArn", "sourceAccount", "principalOrgId"].some((property) =>
      isSet(subject.properties, property),
    );
    if (named) {
      if (permissionOpenTo(subject.properties) === "service") {
        const what = isSet(subject.properties, "sourceArn") ? "sourceArn" : "sourceAccount";
        report.violation(`${what} matches sources of other accounts; name the account.`);
      }
      return;
    }
    if (who === UNKNOWN) {
      report.undecided("principal");
    } else if (String(who).endsWith(".amazonaws.com")) {
      report.violation(
        `sourceArn is not set for the principal ${shown(who, "principal")}; set it.`,
      );
    }
  },
});

interface RuntimeSetting {
  readonly runtimes: readonly string[];
}

const runtime = resourceRule<RuntimeSetting>({
  id: "lambda-supported-runtime",
  description: "A function's runtime is still supported.",
  severity: "medium",
  controls: { securityHub: ["Lambda.2"], cdkNag: ["L1"], checkov: ["CKV_AWS_363"] },
  remediation: "Use a runtime that AWS supports.",
  url: `${LAMBDA}/lambda-runtimes.html#runtimes-supported`,
  defaults: { runtimes: SUPPORTED_RUNTIMES },
  types: [FUNCTION],
  check(subject, report, { runtimes }) {
    if (read(subject.properties, "packageType") !== "Image") {
      const accepts = (value: unknown) => runtimes.includes(value as string);
      expect(subject, report, "runtime", accepts, "use one that AWS supports");
    }
  },
});

interface NamesSetting {
  /** Regular expressions for names of functions that need none of it. */
  readonly without: string[];
}

const inNetwork = stackRule<NamesSetting & AcceptsDefault>({
  id: "lambda-in-vpc-multi-az",
  description: "A function runs in the VPC, in two zones or more.",
  severity: "medium",
  controls: { securityHub: ["Lambda.3", "Lambda.5"], checkov: ["CKV_AWS_117"] },
  remediation: "Set vpcConfig with two subnets and a security group.",
  url: `${GUIDE}/lambda-controls.html#lambda-5`,
  defaults: { without: [], ...REQUIRES_SETTING },
  check(graph, reportOn, { without, acceptDefault }) {
    for (const node of graph.ofType(FUNCTION)) {
      const report = reportOn(node);
      const subnets = items(read(node.properties, "vpcConfig.subnetIds"));
      const groups = items(read(node.properties, "vpcConfig.securityGroupIds"));
      const outside = acceptDefault && read(node.properties, "vpcConfig") === undefined;
      if (outside || fits(nameOf(node), without)) {
        continue;
      }
      if (subnets === UNKNOWN) {
        const referred = graph.referred(node, "vpcConfig", "aws:ec2/subnet:Subnet");
        if (referred === UNKNOWN || referred.length < 2) {
          report.undecided("vpcConfig.subnetIds");
        }
      } else if (subnets.length < 2) {
        report.violation(
          `vpcConfig.subnetIds has ${counted(subnets.length, "entry", "entries")}; add subnets, at least two in all.`,
          subnets.length === 0
            ? { securityHub: ["Lambda.3"], checkov: ["CKV_AWS_117"] }
            : { securityHub: ["Lambda.5"] },
        );
      }
      // Without subnets there is nothing that a group would guard.
      if (
        groups !== UNKNOWN &&
        groups.length === 0 &&
        (subnets === UNKNOWN || subnets.length > 0)
      ) {
        report.violation("vpcConfig.securityGroupIds is empty; name a group.", {});
      }
    }
  },
});

const tracing = resourceRule({
  id: "lambda-xray",
  description: "A function's calls are traced.",
  severity: "low",
  controls: { securityHub: ["Lambda.7"], checkov: ["CKV_AWS_50"], trivy: ["AWS-0066"] },
  remediation: 'Set tracingConfig.mode to "Active".',
  url: `${GUIDE}/lambda-controls.html#lambda-7`,
  types: [FUNCTION],
  check(subject, report) {
    expect(
      subject,
      report,
      "tracingConfig.mode",
      (mode) => mode === "Active",
      'set it to "Active"',
      // It traces the calls that the caller traces.
      (mode) =>
        mode === "PassThrough" ? { securityHub: ["Lambda.7"], trivy: ["AWS-0066"] } : undefined,
    );
  },
});

const deadLetters = stackRule<NamesSetting>({
  id: "lambda-dlq",
  description:
    "Failed events of a function go to a dead-letter queue or an on-failure destination. A function that is only called synchronously needs none.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_116"] },
  remediation:
    "Set deadLetterConfig, or a FunctionEventInvokeConfig with destinationConfig.onFailure.",
  url: `${LAMBDA}/invocation-async-retain-records.html`,
  defaults: { without: ["deployment-gate", "-version-task$"] },
  check(graph, reportOn, { without }) {
    const type = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
    for (const node of graph.ofType(FUNCTION)) {
      if (fits(nameOf(node), without) || isSet(node.properties, "deadLetterConfig")) {
        continue;
      }
      const wait = isCalledSynchronously(graph, node);
      if (wait === true) {
        continue;
      }
      const report = reportOn(node);
      const configs = companions(graph, node, type, "functionName", report);
      const kept = configs?.some(({ properties }) =>
        isSet(properties, "destinationConfig.onFailure.destination"),
      );
      if (kept === false && (wait === UNKNOWN || isUnnamed(node))) {
        report.undecided(wait === UNKNOWN ? "principal of its permission" : "name");
      } else if (kept === false) {
        report.violation(
          "deadLetterConfig is not set, nor is an onFailure destination; set one of them.",
        );
      }
    }
  },
});

const concurrency = resourceRule<NamesSetting>({
  id: "lambda-concurrency",
  description:
    "A function has reserved concurrency, so that no function uses up the account's. One that is called a few times per deployment needs none.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_115"] },
  remediation: "Set reservedConcurrentExecutions.",
  url: `${LAMBDA}/configuration-concurrency.html`,
  defaults: { without: ["deployment-gate", "-version-task$"] },
  types: [FUNCTION],
  check(subject, report, { without }) {
    // Zero, which stops a function, counts as reserved too.
    const accepts = (share: unknown) => typeof share === "number" && share >= 0;
    if (fits(nameOf(subject), without)) {
      return;
    }
    if (isUnnamed(subject) && !accepts(read(subject.properties, "reservedConcurrentExecutions"))) {
      report.undecided("name");
      return;
    }
    expect(subject, report, "reservedConcurrentExecutions", accepts, "set it");
  },
});

interface Environment {
  /** Entropy, in bits per character, from which a long run of letters and digits counts as random. */
  readonly entropyBits: number;
  /** Regular expressions for names that hold no secret, even if they look like it. */
  readonly harmless: string[];
}

const noSecrets = resourceRule<Environment>({
  id: "lambda-no-env-secrets",
  description: "A function's environment holds no secret.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_45"] },
  remediation:
    "Let the function read a parameter or a secret, and put only its name into the environment.",
  url: `${LAMBDA}/configuration-envvars.html`,
  defaults: { entropyBits: 4.2, harmless: [] },
  types: [FUNCTION],
  check(subject, report, { entropyBits, harmless }) {
    const variables = read(subject.properties, "environment.variables");
    if (variables === UNKNOWN) {
      report.undecided("environment.variables");
    }
    for (const name of Object.keys(isRecord(variables) ? variables : {})) {
      const where = `environment.variables.${name}`;
      const value = read(subject.properties, where);
      if (fits(name, harmless)) {
        continue;
      }
      if (isSecretByName(name, value)) {
        report.violation(`${where} is a secret by its name; read it from a parameter.`);
      } else if (typeof value === "string" && looksSecret(value, entropyBits)) {
        report.violation(`${where} looks like a secret; read it from a parameter.`);
      } else if (value === UNKNOWN) {
        report.undecided(where);
      }
    }
  },
});

const codeSigning = resourceRule({
  id: "lambda-code-signing",
  description:
    "A function accepts signed code only. Advisory: a signature proves more than the deployment only when a separate party signs.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_272"] },
  remediation: "Set codeSigningConfigArn.",
  url: `${LAMBDA}/configuration-codesigning.html`,
  level: "advisory",
  types: [FUNCTION],
  check(subject, report) {
    // Lambda verifies no signatures of images.
    if (read(subject.properties, "packageType") === "Image") return;
    if (!isSet(subject.properties, "codeSigningConfigArn")) {
      report.violation("codeSigningConfigArn is not set; name a configuration.");
    }
  },
});

const described = propertyRule({
  id: "lambda-described",
  description: "A function has a description.",
  severity: "low",
  remediation: "Set description.",
  url: `${LAMBDA}/configuration-function-common.html`,
  types: [FUNCTION],
  property: "description",
  accepts: isText,
  fix: "describe what the function does",
});

export const functionRules: readonly Rule[] = [
  notPublic,
  permissionSource,
  runtime,
  inNetwork,
  tracing,
  deadLetters,
  concurrency,
  noSecrets,
  codeSigning,
  ...functionRelationRules,
  described,
];
