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
  for (const { key, arn, region, hosts } of named) {
    const answer = call(aws, [
      ...["acm", "describe-certificate", "--certificate-arn", arn, "--region", region],
      ...["--query", "Certificate.[Status, SubjectAlternativeNames]"],
    ]);
    if (typeof answer === "string") {
      if (!answer.includes("ResourceNotFoundException")) return skipped(id, answer);
      wrong.push(`${key} is ${arn}, which is not there`);
      continue;
    }
    const [status, names] = answer.value as [string, readonly string[]];
    const missing = hosts.filter((host) => !names.some((name) => covers(name, host)));
    if (status !== "ISSUED") wrong.push(`${key} has the status ${status}, not ISSUED`);
    if (missing.length > 0) wrong.push(`${key} does not name ${missing.join(", ")}`);
  }
  const fix = `aws acm list-certificates --region ${named[0]!.region} --certificate-statuses ISSUED`;
  return judged(id, wrong, "the certificates are issued and name the stack's hosts", fix);
}

/** Whether a certificate's name is that of a host; `*` stands for one label. Source: ACM User Guide, "Certificate characteristics". */
function covers(name: string, host: string): boolean {
  return (
    name === host || (name.startsWith("*.") && name.slice(1) === host.slice(host.indexOf(".")))
  );
}
