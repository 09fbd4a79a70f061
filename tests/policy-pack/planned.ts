/** The resources of a plan as the policy server hands them to rules, and what the pack says of them. */
import type { PolicyResource, ReportViolation } from "@pulumi/policy";

import { StackGraph } from "../../analysis/graph";
import { reveal } from "../../analysis/plan/values";
import { type Rule, type StackValues, type Subject, subjectOf } from "../../policy-pack/define";
import { RULES } from "../../policy-pack/rules";
import {
  type PackConfig,
  type ResolvedRule,
  resolvePackConfig,
} from "../../tools/preview/engine/policy-config";
import type { Plan, PlannedResource } from "../../tools/preview/index";
import { stackFile, stackNames } from "../support/stack-files";
import { type Answer, answerOf, guarded, isType } from "./support";

/** The plan's resources with what they refer to. */
export function plannedResources({ resources }: Plan): PolicyResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, shellOf(resource)]));
  for (const planned of resources) {
    const resource = byUrn.get(planned.urn)!;
    const found = (urns: readonly string[]) =>
      urns.map((urn) => byUrn.get(urn)).filter((other) => other !== undefined);
    const provider = byUrn.get(planned.provider.split("::").slice(0, -1).join("::"));
    Object.assign(resource, {
      parent: byUrn.get(planned.parent ?? ""),
      dependencies: found(planned.dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(planned.propertyDependencies).map(([key, urns]) => [key, found(urns)]),
      ),
      ...(provider && { provider }),
    });
  }
  return [...byUrn.values()];
}

function shellOf(planned: PlannedResource): PolicyResource {
  const { urn, type, name, protect, ignoreChanges, aliases, additionalSecretOutputs } = planned;
  const properties = reveal(planned.custom ? planned.inputs : (planned.outputs ?? {}));
  return {
    ...{ urn, type, name, dependencies: [], propertyDependencies: {} },
    props: guarded(properties as Record<string, unknown>),
    opts: {
      ...{ protect, ignoreChanges, aliases, additionalSecretOutputs },
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    ...isType,
  };
}

/** The settings of each rule of the pack under a configuration. */
export function settingsOf(config: PackConfig): Record<string, ResolvedRule> {
  const rules = RULES.map(({ info, policy }) => ({
    name: info.id,
    description: info.description,
    level: info.level ?? ("mandatory" as const),
    schema: { properties: policy.configSchema!.properties as never, required: [] },
  }));
  return resolvePackConfig({ where: "crm-policy-pack", closed: true }, rules, config);
}

/** What the whole pack says of a plan under a configuration; a message ends with the rule and the resource. */
export function verdictOf(plan: Plan, config: PackConfig): Answer {
  const resources = plannedResources(plan);
  const subjects = resources.map(subjectOf);
  const graph = StackGraph.of(resources);
  const settings = settingsOf(config);
  const stack = valuesOf(plan.stack);
  return answerOf({ stack: plan.stack }, (report) => {
    for (const rule of RULES) {
      const { level, properties } = settings[rule.info.id]!;
      if (level === "disabled") {
        continue;
      }
      const named: Report = ({ message, ...rest }) => {
        report({ ...rest, message: `${message} (${rule.info.id}, ${rest.urn})` });
      };
      judgeBy(rule, properties, graph, named, stack);
      subjects.forEach((subject) => judgeBy(rule, properties, subject, named, stack));
    }
  });
}

/** What a rule says of a resource or a stack, whatever its level; a rule about the other kind says nothing. */
export function answerBy(rule: Rule, config: object, about: Subject | StackGraph): Answer {
  return answerOf({}, (report) => judgeBy(rule, config, about, report));
}

type Report = (finding: { message: string; urn: string }) => void;

/** The configuration of one of the tests' stacks, as the engine passes it; none of another stack. */
function valuesOf(stack: string): StackValues {
  let known = VALUES.get(stack);
  if (known === undefined) {
    const values = stackNames().includes(stack) ? Object.entries(stackFile(stack)) : [];
    known = new Map(
      values.map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
    VALUES.set(stack, known);
  }
  return known;
}

/** By stack: each rule is asked thousands of times. */
const VALUES = new Map<string, StackValues>();

function judgeBy(
  rule: Rule,
  config: object,
  about: Subject | StackGraph,
  report: Report,
  stack = valuesOf("production"),
): void {
  const settings = rule.settings(config, stack);
  // Rules report with an object, of which the SDK's types know nothing.
  const reportViolation = report as unknown as ReportViolation;
  if (about instanceof StackGraph) {
    if (rule.kind === "stack") {
      rule.judge(about, settings, reportViolation);
    }
  } else if (rule.kind === "resource" && rule.concerns(about.type)) {
    rule.judge(about, settings, reportViolation);
  }
}
