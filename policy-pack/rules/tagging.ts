/** Tags: the project, the owner and the cost center of every resource. */
import { getStack } from "@pulumi/pulumi";

import type { Node } from "../../analysis/graph";
import { isRecord, known, read, shown, UNKNOWN, type Properties } from "../../analysis/properties";
import { entryOf } from "../../facts/entry-of";
import { TAG_COUNT, TAG_LENGTHS } from "../../facts/limits";
import taggable from "../../facts/taggable-types.json";
import { expect, isTrue, type Report, resourceRule, type Rule, stackRule } from "../define";

const TAGGABLE: ReadonlySet<string> = new Set(taggable.types);

const TAGGING_STANDARD =
  "https://docs.aws.amazon.com/securityhub/latest/userguide/standards-tagging.html";

/** Whether a type can carry tags, by the SDK's own declarations. */
export const isTaggable = (type: string): boolean => TAGGABLE.has(type);

/** The tags of a resource. */
interface EffectiveTags {
  /** By key; a value that is not known yet is UNKNOWN. */
  readonly byKey: ReadonlyMap<string, unknown>;
  /** Whether these are all of them: no map of tags is unknown as a whole. */
  readonly complete: boolean;
}

/**
 * The tags that the resource will have: the provider's default tags, the resource's own, and `tagsAll`, in which a
 * real provider has joined them. One unknown tag makes all of `tagsAll` unknown, so `tagsAll` alone is not enough.
 */
export function effectiveTags(resource: {
  properties: Properties;
  provider?: Properties;
}): EffectiveTags {
  const [defaults, own] = [defaultTags(resource.provider), known(resource.properties["tags"])];
  const all = known(resource.properties["tagsAll"]);
  const byKey = new Map<string, unknown>();
  for (const source of [defaults, all, own]) {
    for (const [key, value] of isRecord(source) ? Object.entries(source) : []) {
      byKey.set(key, known(value));
    }
  }
  return { byKey, complete: isRecord(all) || (defaults !== UNKNOWN && own !== UNKNOWN) };
}

/** The provider's inputs are texts; its default tags are JSON. */
function defaultTags(provider: Properties | undefined): unknown {
  const text = known(provider?.["defaultTags"]);
  if (typeof text !== "string") {
    return text === UNKNOWN ? UNKNOWN : read({ defaultTags: text }, "defaultTags.tags");
  }
  if (!tagsByText.has(text)) {
    tagsByText.set(text, tagsIn(text));
  }
  return tagsByText.get(text);
}

/** Default tags by their text: all resources of a provider have the same. */
const tagsByText = new Map<string, unknown>();

function tagsIn(text: string): unknown {
  try {
    return known((JSON.parse(text) as { tags?: unknown } | null)?.tags);
  } catch {
    return undefined;
  }
}

interface RequiredTags {
  /** Required keys, each with a value. */
  readonly keys: string[];
}

interface MissingTags extends RequiredTags {
  /** Values by key that the level `remediate` sets for missing tags. */
  readonly values: Record<string, string>;
}

const REQUIRED: MissingTags = {
  values: {},
  keys: ["Project", "Environment", "Component", "Owner", "CostCenter", "ManagedBy"],
};

/** Placeholders that do not count as a value. */
const PLACEHOLDER = /^(todo|tbd|unknown|none|n\/?a|changeme|change-me|xxx+)?$/i;

const tagsRequired = resourceRule<MissingTags>({
  id: "tags-required",
  description: "A taggable resource has every required tag, with a value.",
  severity: "medium",
  controls: {
    securityHub: [
      "ACM.3",
      "AppSync.4",
      "Athena.2",
      "Athena.3",
      "Backup.3",
      "Backup.5",
      "CloudFront.14",
      "CloudTrail.9",
      "DMS.2",
      "DMS.3",
      "DMS.4",
      "DMS.5",
      "DataSync.2",
      "DynamoDB.5",
      "EC2.33",
      "EC2.34",
      "EC2.35",
      "EC2.36",
      "EC2.37",
      "EC2.38",
      "EC2.39",
      "EC2.40",
      "EC2.41",
      "EC2.42",
      "EC2.43",
      "EC2.44",
      "EC2.45",
      "EC2.46",
      "EC2.47",
      "EC2.48",
      "EC2.49",
      "EC2.50",
      "EC2.52",
      "EC2.174",
      "EC2.175",
      "EC2.176",
      "EC2.177",
      "EC2.178",
      "EC2.179",
      "ECS.13",
      "ECS.14",
      "ECS.15",
      "EFS.5",
      "EKS.6",
      "EKS.7",
      "ES.9",
      "EventBridge.2",
      "Glue.1",
      "IAM.24",
      "Kinesis.2",
      "Lambda.6",
      "MQ.4",
      "Opensearch.9",
      "RDS.30",
      "RDS.33",
      "Redshift.11",
      "Redshift.12",
      "Redshift.13",
      "Redshift.14",
      "Redshift.17",
      "Route53.1",
      "SecretsManager.5",
      "SNS.3",
      "SQS.2",
      "SSM.5",
      "StepFunctions.2",
      "Transfer.1",
      "Transfer.4",
      "Transfer.5",
      "Transfer.6",
      "Transfer.7",
      "SageMaker.6",
      "SageMaker.7",
    ],
  },
  remediation: "Add the missing tags to the resource, or to the provider's defaultTags.",
  url: TAGGING_STANDARD,
  defaults: REQUIRED,
  types: isTaggable,
  check(subject, report, config) {
    const { byKey, complete } = effectiveTags(subject);
    const missing = config.keys.filter((key) => isBlank(byKey.get(key)));
    if (missing.length > 0 && complete) {
      report.violation(
        `tags lacks ${missing.join(", ")}; add ${missing.length > 1 ? "them" : "it"}.`,
      );
    } else if (missing.length > 0) {
      report.undecided("tags");
    }
    for (const key of config.keys.filter((candidate) => byKey.get(candidate) === UNKNOWN)) {
      report.undecided(`tags.${key}`);
    }
  },
  remediate(inputs, subject, { keys, values }) {
    const { byKey } = effectiveTags(subject);
    const tags = (inputs["tags"] ??= {}) as Record<string, unknown>;
    for (const key of keys.filter((wanted) => values[wanted] && isBlank(byKey.get(wanted)))) {
      tags[key] = values[key];
    }
  },
});

function isBlank(value: unknown): boolean {
  return value !== UNKNOWN && (typeof value !== "string" || PLACEHOLDER.test(value.trim()));
}

interface TagForms {
  /** Regular expressions by tag; a value that does not match as a whole is a violation. */
  readonly patterns: Record<string, string>;
}

const tagsAllowedValues = resourceRule<TagForms>({
  id: "tags-allowed-values",
  description: "A tag's value matches the pattern for its key.",
  severity: "medium",
  remediation: "Write the value in the form that the rule's setting `patterns` requires.",
  url: TAGGING_STANDARD,
  // Each program sets its own patterns.
  defaults: { patterns: {} },
  types: isTaggable,
  check(subject, report, config) {
    forEachKnownTag(subject, (key, value) => {
      const pattern = entryOf<string>(config.patterns, key);
      if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
        report.violation(
          `tags.${key} is ${shown(value, "tags.")}; write it in the form ${pattern}.`,
        );
      }
    });
  },
});

function forEachKnownTag(
  resource: { properties: Properties; provider?: Properties },
  visit: (key: string, value: string) => void,
): void {
  for (const [key, value] of effectiveTags(resource).byKey) {
    if (typeof value === "string") {
      visit(key, value);
    }
  }
}

interface EnvironmentSetting {
  /** Environment of the stack; empty: the stack's name, when that is one of the environments. */
  readonly environment: string;
}

const ENVIRONMENTS = ["production", "staging", "development"];

const tagsEnvironment = resourceRule<EnvironmentSetting>({
  id: "tags-environment",
  description: "The tag Environment matches the stack's environment.",
  severity: "medium",
  remediation:
    "Set the tag to the stack's environment, or the rule's setting `environment` for a stack of another name.",
  url: TAGGING_STANDARD,
  defaults: { environment: "" },
  types: isTaggable,
  check(subject, report, config) {
    const stack = getStack();
    const expected = config.environment || (ENVIRONMENTS.includes(stack) ? stack : undefined);
    forEachKnownTag(subject, (key, value) => {
      if (key === "Environment" && expected !== undefined && value !== expected) {
        report.violation(
          `tags.Environment is ${shown(value, "tags.")}; the stack's is "${expected}".`,
        );
      }
    });
  },
});

const tagsWellFormed = resourceRule({
  id: "tags-well-formed",
  description: "Tags meet AWS's limits, and no two keys differ only in case.",
  severity: "low",
  remediation: "Rename or shorten the tag.",
  url: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
  types: isTaggable,
  check(subject, report) {
    const tags = effectiveTags(subject).byKey;
    if (tags.size > TAG_COUNT.most) {
      report.violation(`tags has ${tags.size} entries; AWS accepts ${TAG_COUNT.most}.`);
    }
    const spelling = new Map<string, string>();
    for (const [key, value] of tags) {
      formOf(key, value, report);
      const twin = spelling.get(key.toLowerCase());
      if (twin !== undefined) {
        report.violation(`tags has ${twin} and ${key}, which differ only in case; keep one.`);
      }
      spelling.set(key.toLowerCase(), key);
    }
  },
});

function formOf(key: string, value: unknown, report: Report): void {
  if (/^aws:/i.test(key)) {
    report.violation(`tags.${key} begins with aws:, which AWS reserves; rename it.`);
  }
  if (key.length > TAG_LENGTHS.key) {
    report.violation(`a key of tags has ${key.length} characters; AWS accepts ${TAG_LENGTHS.key}.`);
  }
  if (typeof value === "string" && value.length > TAG_LENGTHS.value) {
    report.violation(
      `tags.${key} has ${value.length} characters; AWS accepts ${TAG_LENGTHS.value}.`,
    );
  }
}

const DEFAULT_TAGS: RequiredTags = {
  keys: ["Project", "Environment", "Owner", "CostCenter", "ManagedBy"],
};

const providerDefaultTags = resourceRule<RequiredTags>({
  id: "provider-default-tags",
  description: "The provider's default tags include the tags that every resource needs.",
  severity: "medium",
  remediation: "Set the provider's defaultTags to the tags that all resources share.",
  url: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/",
  defaults: DEFAULT_TAGS,
  types: ["pulumi:providers:aws"],
  check(subject, report, config) {
    const tags = defaultTags(subject.properties);
    if (tags === UNKNOWN) {
      report.undecided("defaultTags");
      return;
    }
    const values = isRecord(tags) ? tags : {};
    const missing = config.keys.filter((key) => isBlank(known(values[key])));
    if (missing.length > 0) {
      report.violation(`defaultTags lacks ${missing.join(", ")}; add what is missing.`);
    }
  },
});

const tagsConsistent = stackRule<RequiredTags>({
  id: "tags-consistent-in-stack",
  description: "All resources of a stack name the same project and environment.",
  severity: "low",
  remediation: "Set the tags of all resources in one place.",
  url: TAGGING_STANDARD,
  defaults: { keys: ["Project", "Environment"] },
  check(graph, reportOn, config) {
    const taggable = graph.nodes.filter(({ type }) => isTaggable(type));
    for (const wanted of config.keys) {
      const count = new Map<string, Node[]>();
      for (const node of taggable) {
        forEachKnownTag(node, (key, value) => {
          if (key === wanted) {
            count.set(value, [...(count.get(value) ?? []), node]);
          }
        });
      }
      const [usual, ...others] = [...count].sort((a, b) => b[1].length - a[1].length);
      for (const [value, nodes] of others) {
        for (const node of nodes) {
          reportOn(node).violation(
            `tags.${wanted} is ${shown(value, "tags.")}; most resources (${usual![1].length}) have ${shown(usual![0], "tags.")}.`,
          );
        }
      }
    }
  },
});

const copyTagsToSnapshot = resourceRule({
  id: "rds-copy-tags-to-snapshot",
  description: "A database copies its tags to its snapshots.",
  severity: "low",
  controls: { securityHub: ["RDS.17"], checkov: ["CKV2_AWS_60"] },
  remediation: "Set copyTagsToSnapshot: true.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-17",
  types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"],
  check(subject, report) {
    expect(subject, report, "copyTagsToSnapshot", isTrue, "set it to true");
  },
  remediate(inputs) {
    inputs["copyTagsToSnapshot"] = true;
  },
});

export const taggingRules: readonly Rule[] = [
  tagsRequired,
  tagsAllowedValues,
  tagsEnvironment,
  tagsWellFormed,
  providerDefaultTags,
  tagsConsistent,
  copyTagsToSnapshot,
];
