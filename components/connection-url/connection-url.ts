import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";

export interface ConnectionUrlArgs {
  /** Service or function that reads the URL, by its key in the stack file. */
  readonly service: string;
  /** Last part of the parameter's path, such as `database-url`. */
  readonly parameter: string;
  readonly url: pulumi.Input<string>;
  /** Key that encrypts the parameter. */
  readonly secretsKey: { readonly arn: pulumi.Input<string> };
  readonly names: Names;
  readonly tags: Tags;
}

/** The encrypted parameter that a service or function takes its connection URL from. */
export function createConnectionUrl(
  name: string,
  args: ConnectionUrlArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ssm.Parameter {
  return new aws.ssm.Parameter(
    `${name}-${args.service}-${args.parameter}`,
    {
      name: args.names.parameter(args.service, args.parameter),
      description: `${args.parameter} of ${args.service}`,
      type: "SecureString",
      keyId: args.secretsKey.arn,
      value: pulumi.secret(args.url),
      tags: args.tags,
    },
    opts,
  );
}
