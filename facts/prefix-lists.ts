/** Lists of addresses that AWS manages, which a security group can name. */
import type { Fact } from "./fact";

/**
 * The list of the addresses that CloudFront calls origins from. Its ids are the same in every account;
 * `aws ec2 describe-managed-prefix-lists` shows them, and public templates of several projects agree on these.
 */
export const CLOUDFRONT_PREFIX_LIST = {
  name: "com.amazonaws.global.cloudfront.origin-facing",
  /** What it counts among the rules of a security group. */
  weight: 55,
  /** By region. */
  ids: {
    "af-south-1": "pl-c0aa4fa9",
    "ap-east-1": "pl-14b2577d",
    "ap-northeast-1": "pl-58a04531",
    "ap-northeast-2": "pl-22a6434b",
    "ap-northeast-3": "pl-31a14458",
    "ap-south-1": "pl-9aa247f3",
    "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
    "ca-central-1": "pl-38a64351",
    "eu-central-1": "pl-a3a144ca",
    "eu-north-1": "pl-fab65393",
    "eu-south-1": "pl-1bbc5972",
    "eu-west-1": "pl-4fa04526",
    "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c",
    "me-south-1": "pl-17b2577e",
    "sa-east-1": "pl-5da64334",
    "us-east-1": "pl-3b927c52",
    "us-east-2": "pl-b6a144df",
    "us-west-1": "pl-4ea04527",
    "us-west-2": "pl-82a045eb",
  },
  source:
    "https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html",
  asOf: "2026-11-29",
  unverified:
    "the page does not tell ids; they were read in public projects' lists and templates: 18 of these 21 in two or more, those of af-south-1, eu-south-1 and me-south-1 in one",
} as const satisfies Fact & Record<string, unknown>;
