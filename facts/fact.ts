/** The source of a fact about AWS, and when it was read. */
export interface Fact {
  /** Address of the page that says it, AWS's own where there is one; its text may have been read in a public copy of the page. */
  readonly source: string;
  /** Day on which it was read there, YYYY-MM-DD; for what is unverified, the day on which it was written. */
  readonly asOf: string;
  /** Why it was not seen on that page yet. @default it was read there */
  readonly unverified?: string;
}

/** A file of one of AWS's guides as it was last published on GitHub, in `repository` of awsdocs. */
export function guide(repository: string, commit: string, file: string): string {
  return `https://github.com/awsdocs/${repository}/blob/${commit}/doc_source/${file}`;
}

/** What AWS's API says of a service's requests, in the release of its SDK for JavaScript that is installed here. */
export function apiText(service: string, release: string): string {
  return `https://github.com/aws/aws-sdk-js-v3/tree/v${release}/clients/client-${service}/src/models`;
}

/** AWS's own model of a service's API, with its texts, as AWS's SDK for Python had it on 2026-08-07. */
export function apiModel(service: string, version: string): string {
  return `https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore/data/${service}/${version}/service-2.json`;
}

/** What the provider says of a property, in the release that is installed here. */
export function providerText(file: string): string {
  return `https://github.com/pulumi/pulumi-aws/blob/v7.48.0/sdk/nodejs/${file}`;
}

/** The release of cfn-lint that was read: it brings AWS's own schemas of resources, and values from AWS's APIs. */
export const CFN_LINT_SCHEMAS =
  "https://github.com/aws-cloudformation/cfn-lint/tree/v1.58.0/src/cfnlint/data/schemas";

/** AWS's list of actions, types of resources and condition keys, by service. */
export const SERVICE_AUTHORIZATION =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";
