/** Container images by full reference. */
import type { Arns } from "../../platform/arns";

/**
 * Stands in for a service whose image is not delivered yet: BusyBox has a web server and a client, runs as
 * any user on a read-only file system and is published for both processors.
 */
export const BOOTSTRAP_IMAGE =
  "public.ecr.aws/docker/library/busybox:1.37.0@sha256:bdf57e528e45e4433820e045b29b4597825a1c9e38353532d90a01445013f82e";

/** AWS Distro for OpenTelemetry collector, for both processors. */
export const COLLECTOR_IMAGE =
  "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0@sha256:9b28046359054b414f4ba76056ba4e8cffda2d53fbcee06171d7eeecd71326c3";

/**
 * The full reference for an image setting: a full reference itself, or a digest or tag of the service's
 * own repository in the stack's region. Copies in another region have the same digest.
 */
export function imageReference(arns: Arns, repository: string, image: string): string {
  if (image.includes("/")) {
    return image;
  }
  const domain = arns.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const url = `${arns.accountId}.dkr.ecr.${arns.region}.${domain}/${repository}`;
  return image.startsWith("sha256:") ? `${url}@${image}` : `${url}:${image}`;
}

/** The part of a reference that ECR's permissions name, with or without an image: the repository's ARN; undefined for other registries. */
export function repositoryArn(reference: string): string | undefined {
  const match =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\/([a-z0-9/._-]+)(?:[@:]|$)/.exec(
      reference,
    );
  if (match === null) {
    return undefined;
  }
  const [, account, region, china, name] = match;
  const partition = china ? "aws-cn" : region!.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:ecr:${region}:${account}:repository/${name}`;
}
