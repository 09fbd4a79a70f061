import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { QUOTA_NAMES, SERVICE_QUOTAS, type QuotaName } from "../../facts/service-quotas";

export interface QuotaRequestsArgs {
  /** Region in which they hold. */
  readonly region: string;
  /** Requested values by quota; at least the account's current ones. */
  readonly values: Readonly<Partial<Record<QuotaName, number>>>;
}

/**
 * Requests quotas of a region in advance: AWS takes minutes to days for a request, and in the hours after
 * the loss of a region every customer asks. Free of charge, and a deletion revokes nothing.
 */
export class QuotaRequests extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: QuotaRequestsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:QuotaRequests", name, {}, opts);

    for (const quota of QUOTA_NAMES) {
      const value = args.values[quota];
      if (value !== undefined) {
        this.request(name, args.region, quota, value);
      }
    }
    this.registerOutputs({});
  }

  /**
   * The value is part of the name: a higher value is a new request. An existing request is never changed, because a quota
   * that AWS or another user has raised meanwhile would make an update request less, which AWS refuses.
   */
  private request(name: string, region: string, quota: QuotaName, value: number): void {
    const { service, code } = SERVICE_QUOTAS[quota];
    new aws.servicequotas.ServiceQuota(
      `${name}-${quota}-${value}`,
      { region, serviceCode: service, quotaCode: code, value },
      { parent: this, ignoreChanges: ["value"] },
    );
  }
}
