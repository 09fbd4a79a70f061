/** The provider, and Pulumi's resource options. */
import { PROVIDER } from "../../analysis/plan/regions";
import { read, UNKNOWN } from "../../analysis/properties";
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { DELETES_CONTENTS } from "../../facts/type-properties";
import { expect, isNotTrue, resourceRule, type Rule, type StackValues } from "../define";
import { fits } from "../relations";

const OPTIONS = "https://www.pulumi.com/docs/iac/concepts/options";

const noStaticCredentials = resourceRule({
  id: "provider-no-static-credentials",
  description: "A provider has no keys of its own: credentials come from the environment.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_41"] },
  remediation: "Remove accessKey, secretKey and token; use a role.",
  url: "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
  types: [PROVIDER],
  check(subject, report) {
    for (const property of ["accessKey", "secretKey", "token"]) {
      // A key that is not known yet counts as a key.
      if (![undefined, ""].includes(read(subject.properties, property) as string | undefined)) {
        report.violation(`${property} is set; remove it and use a role.`);
      }
    }
  },
});

interface Regions {
  /**
   * Regions in which resources may be created.
   * @default those of regionSettings, or every region
   */
  readonly allowedRegions: string[];
  /**
   * Settings of the stack that name the allowed regions, where allowedRegions names none: `aws:region`,
   * `crm:recovery.region`. CloudFront's region is allowed too.
   */
  readonly regionSettings: string[];
}

/** The regions that settings of the stack name; of a setting that is a list, all. */
function regionsNamed(settings: readonly string[], stack: StackValues): string[] {
  const named = settings.flatMap((setting) => {
    const [key = ""] = setting.split(".");
    const value = read({ [key]: structured(stack.get(key)) }, setting);
    return Array.isArray(value) ? (value as unknown[]) : [value];
  });
  const regions = named.filter((one) => typeof one === "string");
  return regions.length === 0 ? [] : [...new Set([...regions, CLOUDFRONT_REGION])];
}

const accountAndRegion = resourceRule<Regions>({
  id: "provider-account-and-region-allowlist",
  description: "A stack deploys to its own account and to allowed regions only.",
  severity: "medium",
  remediation: "Set allowedAccountIds of the provider; use an allowed region.",
  url: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/",
  defaults: { allowedRegions: [], regionSettings: [] },
  fromStack: ({ allowedRegions, regionSettings }, stack) => ({
    allowedRegions:
      allowedRegions.length > 0 ? allowedRegions : regionsNamed(regionSettings, stack),
    regionSettings,
  }),
  types: (type) => type.startsWith("aws:") || type === PROVIDER,
  check(subject, report, { allowedRegions, regionSettings }) {
    if (allowedRegions.length > 0) {
      const isAllowed = (region: unknown) =>
        region === undefined || allowedRegions.includes(region as string);
      expect(subject, report, "region", isAllowed, `use one of ${allowedRegions.join(", ")}`);
    } else if (regionSettings.length > 0 && read(subject.properties, "region") !== undefined) {
      report.undecided("region", `the stack sets none of ${regionSettings.join(", ")}`);
    }
    if (subject.type === PROVIDER) {
      const accounts = structured(read(subject.properties, "allowedAccountIds"));
      if (accounts === UNKNOWN) {
        report.undecided("allowedAccountIds");
      } else if (!Array.isArray(accounts) || accounts.length === 0) {
        report.violation("allowedAccountIds is not set; name the stack's account.");
      }
    }
  },
});

/** A provider's input: structures come as JSON. */
function structured(value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

interface Stateful {
  /** Types, or regular expressions for types, that Pulumi must not delete. */
  readonly statefulTypes: string[];
  /** Regular expressions for the names of resources that may be deleted anyway. */
  readonly disposable: string[];
}

const statefulProtected = resourceRule<Stateful>({
  id: "stateful-protected",
  description: "Resources with data, keys or names have Pulumi's protect option.",
  severity: "high",
  remediation:
    "Set the option protect; for temporary stacks, name the resource in the setting disposable.",
  url: `${OPTIONS}/protect/`,
  defaults: {
    statefulTypes: [
      "^aws:rds/(instance|cluster):",
      "^aws:s3/bucket(V2)?:",
      "^aws:kms/key:",
      "^aws:elasticache/replicationGroup:",
      "^aws:backup/vault:",
      "^aws:secretsmanager/secret:",
      "^aws:route53/zone:",
    ],
    disposable: [],
  },
  types: (type) => type.startsWith("aws:"),
  check(subject, report, { statefulTypes, disposable }) {
    if (
      !subject.options.protect &&
      fits(subject.type, statefulTypes) &&
      !fits(`${subject.type}::${subject.name}`, disposable)
    ) {
      report.violation("protect is not set; set it to true.");
    }
  },
});

interface Guarded {
  /** Properties that an update must be able to correct. */
  readonly securityProperties: string[];
}

const noIgnoredSecurity = resourceRule<Guarded>({
  id: "no-ignored-security-properties",
  description: "Settings that control access are not in ignoreChanges, which would hide drift.",
  severity: "medium",
  remediation: "Remove the property from ignoreChanges.",
  url: `${OPTIONS}/ignorechanges/`,
  defaults: {
    securityProperties: [
      "publiclyAccessible",
      "storageEncrypted",
      "deletionProtection",
      "enableDeletionProtection",
      "ingress",
      "egress",
      "policy",
      "assumeRolePolicy",
      "webAclId",
      "tags",
      "tagsAll",
    ],
  },
  types: (type) => type.startsWith("aws:"),
  check(subject, report, { securityProperties }) {
    const ignored = subject.options.ignoreChanges.filter((path) => {
      const [first] = path.split(/[.[]/);
      return first === "*" || securityProperties.includes(first ?? "");
    });
    if (ignored.length > 0) {
      report.violation(`ignoreChanges has ${ignored.join(", ")}; remove it.`);
    }
  },
});

interface Forced {
  /** Whether a resource may be deleted with its contents. */
  readonly allowForceDestroy: boolean;
}

const noForceDestroy = resourceRule<Forced>({
  id: "no-force-destroy",
  description: "No resource is deleted together with the data in it, except in temporary stacks.",
  severity: "medium",
  remediation: "Remove forceDestroy or forceDelete; for temporary stacks, set allowForceDestroy.",
  url: `${OPTIONS}/protect/`,
  defaults: { allowForceDestroy: false },
  types: Object.keys(DELETES_CONTENTS.properties),
  check(subject, report, { allowForceDestroy }) {
    if (!allowForceDestroy) {
      const property = DELETES_CONTENTS.properties[subject.type]!;
      expect(subject, report, property, isNotTrue, "set it to false");
    }
  },
});

export const providerRules: readonly Rule[] = [
  noStaticCredentials,
  accountAndRegion,
  statefulProtected,
  noIgnoredSecurity,
  noForceDestroy,
];
