/** Shows what the component `awsx:ecr:Repository` (@pulumi/awsx 3.9) would register, without its provider plugin. */
import { type PropertyBag, type RemoteExpander, UNKNOWN } from "../../../analysis/plan/model";
import { containsUnknown } from "../../../analysis/plan/values";
import { Arguments, outputs } from "./arguments";
import { Family, assignedOf, literal, outputOf, type Sourced } from "./family";
import { list, record } from "./vpc-args";

/** What awsx does where the program gives no rules. */
const UNTAGGED_RULE = {
  description: "remove untagged images",
  tagStatus: "untagged",
  maximumNumberOfImages: 1,
};

/** The repository and, unless it is skipped, its lifecycle policy. */
export const expandRepository: RemoteExpander = (request) => {
  const family = new Family();
  const given = new Arguments(request);
  // ECR accepts lower case only, so awsx names the children that way.
  const name = request.name.toLowerCase();
  const { skip, rules } = record(request.inputs.lifecyclePolicy, "lifecyclePolicy");
  const repository = family.add(
    request.urn,
    "aws:ecr/repository:Repository",
    name,
    given.except(["lifecyclePolicy"]),
  );
  const members: Record<string, string> = { repository };
  if (skip !== true) {
    members["lifecyclePolicy"] = family.add(
      request.urn,
      "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      name,
      {
        repository: outputOf(repository, request.inputs.name ?? UNKNOWN),
        policy: policyOf(given, rules),
        region: given.whole("region"),
      },
    );
  }
  return outputs(family, members, {
    url: assignedOf(family, request, repository, "repositoryUrl"),
  });
};

function policyOf(given: Arguments, rules: unknown): Sourced {
  if (rules === undefined) return literal({ rules: [ruleOf(UNTAGGED_RULE, 0)] });
  if (containsUnknown(rules)) return given.part("lifecyclePolicy", UNKNOWN);
  const all = (list(rules, "lifecyclePolicy.rules") ?? []).map((rule) =>
    record(rule, "lifecyclePolicy.rules"),
  );
  const onAny = all.filter(({ tagStatus }) => tagStatus === "any");
  if (onAny.length > 1) {
    throw new Error(
      `lifecyclePolicy.rules: expected at most one with tagStatus any, got ${onAny.length}`,
    );
  }
  // ECR wants the rule for any image last.
  const ordered = [...all.filter((rule) => !onAny.includes(rule)), ...onAny];
  return given.part("lifecyclePolicy", { rules: ordered.map(ruleOf) });
}

function ruleOf(rule: PropertyBag, index: number): PropertyBag {
  const { description, tagStatus, tagPrefixList } = rule;
  const byTag =
    tagStatus === "any" || tagStatus === "untagged"
      ? { tagStatus }
      : { tagStatus: "tagged", tagPrefixList };
  return {
    rulePriority: index + 1,
    ...(description !== undefined && { description }),
    selection: { ...byTag, ...countOf(rule) },
    action: { type: "expire" },
  };
}

function countOf({ maximumNumberOfImages, maximumAgeLimit }: PropertyBag): PropertyBag {
  if (maximumNumberOfImages !== undefined) {
    return { countType: "imageCountMoreThan", countNumber: maximumNumberOfImages };
  }
  if (maximumAgeLimit !== undefined) {
    return { countType: "sinceImagePushed", countNumber: maximumAgeLimit, countUnit: "days" };
  }
  throw new Error(
    "lifecyclePolicy.rules: expected maximumNumberOfImages or maximumAgeLimit in each, got neither",
  );
}
