import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { ObservabilityConfig } from "../../schema/observability";

export interface TracingArgs {
  readonly config: ObservabilityConfig["tracing"];
  /** Key of the account's traces in this region, where this stack sets it. */
  readonly keyArn: pulumi.Input<string>;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * Which requests X-Ray traces, and with which key it keeps them. Rules hold for the whole account and region:
 * a second stack in it names its own services. Costs by the trace.
 */
export class Tracing extends pulumi.ComponentResource {
  public constructor(name: string, args: TracingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:Tracing", name, {}, opts);

    for (const [label, rule] of Object.entries(args.config.samplingRules)) {
      new aws.xray.SamplingRule(
        `${name}-${label}`,
        {
          ruleName: args.names.of(label, "samplingRule"),
          version: 1,
          priority: rule.priority,
          serviceName:
            rule.service === undefined
              ? rule.serviceName!
              : args.names.of(`${rule.service}-service`, "service"),
          httpMethod: rule.httpMethod,
          urlPath: rule.urlPath,
          reservoirSize: rule.fixedTarget,
          fixedRate: rule.rate,
          host: "*",
          serviceType: "*",
          resourceArn: "*",
          tags: args.tags,
        },
        { parent: this },
      );
    }
    if (args.config.encryption) {
      new aws.xray.EncryptionConfig(name, { type: "KMS", keyId: args.keyArn }, { parent: this });
    }
    this.registerOutputs({});
  }
}
