import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CERTIFICATE_NAMES } from "../../facts/certificates";
import type { Tags } from "../../platform/tags";

export interface CrmCertificateArgs {
  /** Host names, the first is the subject; no wildcards. A change replaces the certificate, new before old. */
  readonly hosts: readonly string[];
  /** Region of the certificate; a change replaces it. */
  readonly region: string;
  readonly tags: Tags;
}

/**
 * A certificate that is validated by DNS and renewed by ACM for as long as its records stand. The records are
 * made by who owns the zone, from {@link CrmCertificate.validation}: the token of a host is the same for
 * every certificate of an account, in all regions, so hosts share their record. Free of charge.
 */
export class CrmCertificate extends pulumi.ComponentResource {
  private readonly certificate: aws.acm.Certificate;
  private validated: aws.acm.CertificateValidation | undefined;

  public constructor(
    private readonly name: string,
    private readonly args: CrmCertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmCertificate", name, {}, opts);

    const [subject, ...others] = args.hosts;
    const { names, asOf } = CERTIFICATE_NAMES;
    if (args.hosts.length > names) {
      void pulumi.log.warn(
        `The certificate of ${subject} has ${args.hosts.length} names; ACM accepts ${names} (${asOf}) until the account's quota is raised.`,
        this,
      );
    }
    this.certificate = new aws.acm.Certificate(
      name,
      {
        domainName: subject,
        subjectAlternativeNames: others,
        validationMethod: "DNS",
        keyAlgorithm: "RSA_2048",
        region: args.region,
        tags: { ...args.tags, Name: subject! },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  /** Name and value of the CNAME record that proves that we own a host of the certificate. */
  public validation(host: string): pulumi.Output<{ name: string; value: string }> {
    return this.certificate.domainValidationOptions.apply((options) => {
      const option = options.find(({ domainName }) => domainName === host);
      if (option === undefined) {
        throw new Error(`ACM named no validation record for ${host}.`);
      }
      return { name: option.resourceRecordName, value: option.resourceRecordValue };
    });
  }

  /**
   * ARN of the certificate once ACM has issued it.
   *
   * @param records the validation records; empty where another stack of the account made them
   */
  public issued(records: readonly aws.route53.Record[]): pulumi.Output<string> {
    this.validated ??= new aws.acm.CertificateValidation(
      this.name,
      {
        certificateArn: this.certificate.arn,
        ...(records.length > 0 && { validationRecordFqdns: records.map(({ fqdn }) => fqdn) }),
        region: this.args.region,
      },
      { parent: this, customTimeouts: { create: "45m" } },
    );
    return this.validated.certificateArn;
  }
}
