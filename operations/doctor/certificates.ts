/** Certificates that exist and that a stack file names: AWS accepts none that is not issued, and clients none without their host. */
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { keyAt } from "../../facts/problem-text";
import { publicRoutes, type StackConfig } from "../../schema";
import { certificateLabels } from "../../schema/cloudfront-access";
import { CERTIFICATES } from "../../schema/place";
import { type Aws, call } from "./ask";
import { type Finding, judged, ok, skipped } from "./check";

interface Named {
  /** Full key of the setting. */
  readonly key: string;
  readonly arn: string;
  readonly region: string;
  /** Hosts that it must name. */
  readonly hosts: readonly string[];
}

/** The certificates that a stack file names. */
function namedIn({ edge, services, cluster, region }: StackConfig): Named[] {
  const labels = certificateLabels(edge, publicRoutes(services).hosts);
  const given = {
    viewer: [edge.distribution.certificateArn, CLOUDFRONT_REGION],
    balancer: [cluster.loadBalancer.certificateArn, region],
  } as const;
  return (["viewer", "balancer"] as const).flatMap((kind) => {
    const [arn, where] = given[kind];
    const hosts = labels[kind].map((label) => `${label}.${edge.domain}`);
    return arn === undefined || hosts.length === 0
      ? []
      : [{ key: keyAt("crm:", CERTIFICATES[kind]), arn, region: where, hosts }];
  });
}

/** Whether they are issued and name the stack's hosts. */
export function certificates({ config }: { readonly config: StackConfig }, aws: Aws): Finding {
  const id = "account-certificates";
  const named = namedIn(config);
  if (named.length === 0) return ok(id, "the stack file names no certificate");
  const wrong: string[] = [];
  let fix = "";
  for (const { key, arn, region, hosts } of named) {
    const answer = call(aws, [
      ...["acm", "describe-certificate", "--certificate-arn", arn, "--region", region],
      ...["--query", "Certificate.[Status, SubjectAlternativeNames, RenewalSummary.RenewalStatus]"],
    ]);
    if (typeof answer === "string" && !answer.includes("ResourceNotFoundException")) {
      return skipped(id, answer);
    }
    const problems =
      typeof answer === "string"
        ? [`is ${arn}, which is not there`]
        : problemsOf(answer.value as Described, hosts);
    wrong.push(...problems.map((problem) => `${key} ${problem}`));
    if (problems.length > 0) {
      fix ||= `aws acm list-certificates --region ${region} --certificate-statuses ISSUED`;
    }
  }
  return judged(id, wrong, "the certificates are issued and name the stack's hosts", fix);
}

type Described = readonly [status: string, names: readonly string[], renewal?: string | null];

/** What is wrong with a certificate that is there. Renewal: ACM API Reference, RenewalSummary. */
function problemsOf([status, names, renewal]: Described, hosts: readonly string[]): string[] {
  const missing = hosts.filter((host) => !names.some((name) => covers(name, host)));
  const unrenewed = renewal === "PENDING_VALIDATION" || renewal === "FAILED";
  return [
    ...(status === "ISSUED" ? [] : [`has the status ${status}, not ISSUED`]),
    ...(missing.length === 0 ? [] : [`does not name ${missing.join(", ")}`]),
    ...(unrenewed
      ? [`cannot be renewed: ${renewal}; see "A certificate that exists" in docs/adopting.md`]
      : []),
  ];
}

/** Whether a certificate's name is that of a host; `*` stands for one label. Source: ACM User Guide, "Certificate characteristics". */
function covers(name: string, host: string): boolean {
  return (
    name === host || (name.startsWith("*.") && name.slice(1) === host.slice(host.indexOf(".")))
  );
}
