/** What a deployment needs for the experiment templates of a game day. */
import { SERVICE_PRINCIPALS } from "../facts/service-principals";
import type { Arns } from "../platform/arns";
import type { Statement } from "../platform/policy-documents";
import { mapKeys } from "../platform/records";

export interface GamedayScope {
  readonly arns: Arns;
  /** Start of the names of the stack's roles. */
  readonly prefix: string;
  /** Regions that the stack has resources in. */
  readonly regions: readonly string[];
  /** Tags by which a template is the stack's. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Makes and changes templates with the stack's tags, and hands them the platform's roles. It starts no experiment: that is a
 * person's. An action that a template names is a resource of its creation. Source: Service Authorization Reference, "AWS Fault
 * Injection Service".
 */
export function gamedayRights({ arns, prefix, regions, tags }: GamedayScope): Statement[] {
  const each = (resource: string) =>
    regions.map((region) => arns.inRegion(region).regional("fis", resource));
  const templates = each("experiment-template/*");
  const withTags = (kind: "RequestTag" | "ResourceTag") => ({
    StringEquals: mapKeys(tags, (tag) => `aws:${kind}/${tag}`),
  });
  return [
    {
      sid: "MakeExperiments",
      actions: ["fis:CreateExperimentTemplate", "fis:TagResource"],
      resources: templates,
      conditions: withTags("RequestTag"),
    },
    {
      sid: "ChangeExperiments",
      actions: [
        "fis:DeleteExperimentTemplate",
        "fis:GetExperimentTemplate",
        "fis:UpdateExperimentTemplate",
      ],
      resources: templates,
      conditions: withTags("ResourceTag"),
    },
    {
      sid: "NameActions",
      actions: ["fis:CreateExperimentTemplate", "fis:UpdateExperimentTemplate"],
      resources: each("action/*"),
    },
    {
      sid: "PassExperimentRoles",
      actions: ["iam:PassRole"],
      resources: [arns.role(`${prefix}-gameday-*`)],
      conditions: { StringEquals: { "iam:PassedToService": SERVICE_PRINCIPALS.fis } },
    },
  ];
}
