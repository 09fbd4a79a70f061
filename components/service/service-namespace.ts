import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../../platform/tags";

export interface ServiceNamespaceArgs {
  /** Physical name, unique in account and region. Changing it replaces the namespace. */
  readonly namespaceName: string;
  readonly tags: Tags;
}

/**
 * The names by which services call each other: ECS registers their tasks here (Service Connect), and each task's proxy knows the
 * names. Without DNS and free of charge; the proxy takes CPU and memory of its task.
 */
export class ServiceNamespace extends pulumi.ComponentResource {
  public readonly arn: pulumi.Output<string>;

  public constructor(
    name: string,
    args: ServiceNamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ServiceNamespace", name, {}, opts);
    const namespace = new aws.servicediscovery.HttpNamespace(
      name,
      {
        name: args.namespaceName,
        description: "Services that call each other, by ECS Service Connect",
        tags: args.tags,
      },
      { parent: this },
    );
    this.arn = namespace.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
