/** VPC endpoints for AWS services. */
import { items, type Properties, read, UNKNOWN } from "../../analysis/properties";
import { expect, isTrue, type Report, resourceRule, type Rule, stackRule } from "../define";
import { allows, parseDocument, type Statement } from "../documents";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const VPC = "aws:ec2/vpc:Vpc";

interface Services {
  /** Suffixes of the names of services that need an endpoint. */
  readonly services: string[];
}

const endpointsPresent = stackRule<Services>({
  id: "vpc-endpoints-present",
  description:
    "A VPC has endpoints for the AWS services that the platform uses. Interface endpoints cost by the hour, so the rule's setting lists the required ones; the gateway endpoint for S3 is free.",
  severity: "medium",
  controls: { securityHub: ["EC2.10", "EC2.55", "EC2.56", "EC2.57"] },
  remediation: "Add an aws.ec2.VpcEndpoint, or remove the service from the rule's setting.",
  url: `${GUIDE}/ec2-controls.html#ec2-55`,
  defaults: { services: ["s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "sqs"] },
  check(graph, reportOn, { services }) {
    for (const vpc of graph.ofType(VPC)) {
      const names = graph
        .referring(vpc, ENDPOINT, "vpcId")
        .map((endpoint) => read(endpoint.properties, "serviceName"));
      const absent = services.filter(
        (service) => !names.some((name) => String(name).endsWith(`.${service}`)),
      );
      const unknown = names.includes(UNKNOWN) || graph.unplaced(ENDPOINT, "vpcId", VPC).length > 0;
      if (absent.length > 0 && unknown) {
        reportOn(vpc).undecided("the serviceName or vpcId of a VpcEndpoint");
      } else if (absent.length > 0) {
        reportOn(vpc).violation(`it has no endpoint for ${absent.join(", ")}; add one.`);
      }
    }
  },
});

const endpointsHardened = resourceRule({
  id: "vpc-endpoint-hardened",
  description: "An endpoint has private DNS and a policy that restricts principals or actions.",
  severity: "medium",
  remediation:
    "Set privateDnsEnabled and securityGroupIds of an interface endpoint, and a policy with a condition on the account.",
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
  types: [ENDPOINT],
  check(subject, report) {
    const kind = read(subject.properties, "vpcEndpointType");
    if (kind === UNKNOWN) {
      report.undecided("vpcEndpointType");
    } else if (kind === "Interface") {
      expect(subject, report, "privateDnsEnabled", isTrue, "set it to true");
      const groups = items(subject.properties["securityGroupIds"]);
      // Groups whose ids are not known yet count as groups.
      if (groups !== UNKNOWN && groups.length === 0) {
        report.violation("securityGroupIds is empty, which means the default group; set it.");
      }
    }
    if (kind === undefined || kind === "Interface" || kind === "Gateway") {
      judgePolicy(subject.properties, report);
    }
  },
});

function judgePolicy(properties: Properties, report: Report): void {
  const document = parseDocument(properties["policy"]);
  if (document === UNKNOWN) {
    report.undecided("policy");
  } else if (document === undefined) {
    report.violation("policy is not set, which allows all principals all actions; set it.");
  } else if (document.error !== undefined) {
    report.violation(`policy cannot be read (${document.error}); correct it.`);
  } else {
    for (const statement of document.statements.filter(isWideOpen)) {
      report.violation(
        `statement ${statement.label} of the policy allows all principals all actions; add a condition such as aws:PrincipalAccount or name the actions.`,
      );
    }
  }
}

/** Whether a statement allows all principals all actions of a service, without a condition. */
function isWideOpen(statement: Statement): boolean {
  return (
    allows(statement) &&
    statement.conditions.length === 0 &&
    (statement.principals.some(({ value }) => value === "*") ||
      statement.notPrincipals.length > 0) &&
    (statement.notActions.length > 0 ||
      statement.actions.some((action) => action !== UNKNOWN && /^([^:]+:)?\*+$/.test(action)))
  );
}

export const networkEndpointRules: readonly Rule[] = [endpointsPresent, endpointsHardened];
