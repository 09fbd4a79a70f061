/** Types of @pulumi/aws that stand for the same resource of AWS. */
import { entryOf } from "./entry-of";
import { type Fact, providerText } from "./fact";

/** Types of the module lb, which the provider also has as alb. */
const LOAD_BALANCING = [
  "listener:Listener",
  "listenerCertificate:ListenerCertificate",
  "listenerRule:ListenerRule",
  "loadBalancer:LoadBalancer",
  "targetGroup:TargetGroup",
  "targetGroupAttachment:TargetGroupAttachment",
];

/** Names of lb's twin, and the older names that the SDK keeps as aliases of alb and of lb. */
const LOAD_BALANCING_MODULES = ["alb", "applicationloadbalancing", "elasticloadbalancingv2"];

/** Tokens, each with the one in whose favor the provider's SDK deprecates it, whose alias or namesake it is. */
export const TWIN_TYPES = {
  tokens: {
    "aws:ec2/encryptionControl:EncryptionControl":
      "aws:ec2/vpcEncryptionControl:VpcEncryptionControl",
    "aws:lambda/microvmsImage:MicrovmsImage": "aws:lambdamicrovms/image:Image",
    "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2":
      "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
    "aws:s3/bucketRequestPaymentConfigurationV2:BucketRequestPaymentConfigurationV2":
      "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration",
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2":
      "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
    "aws:s3/bucketV2:BucketV2": "aws:s3/bucket:Bucket",
    "aws:s3/bucketAclV2:BucketAclV2": "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2":
      "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLoggingV2:BucketLoggingV2": "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2":
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2":
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioningV2:BucketVersioningV2": "aws:s3/bucketVersioning:BucketVersioning",
    ...Object.fromEntries(
      LOAD_BALANCING_MODULES.flatMap((module) =>
        LOAD_BALANCING.map((type) => [`aws:${module}/${type}`, `aws:lb/${type}`]),
      ),
    ),
  } as Readonly<Record<string, string>>,
  source: providerText(""),
  asOf: "2026-11-29",
} satisfies Fact & Record<string, unknown>;

/** The token that stands for all its twins: `aws:alb/listener:Listener` is `aws:lb/listener:Listener`. */
export function canonicalType(type: string): string {
  return entryOf(TWIN_TYPES.tokens, type) ?? type;
}

/** A token that stands for twins, and these after it. */
export function twinsOf(type: string): string[] {
  const twins = Object.entries(TWIN_TYPES.tokens).filter(([, now]) => now === type);
  return [type, ...twins.map(([old]) => old)];
}
