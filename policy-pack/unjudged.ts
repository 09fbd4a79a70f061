/** Types of a plan that no rule judges. */
import { StackGraph } from "../analysis/graph";
import { canonicalType } from "../facts/twin-types";
import strict from "./profiles/strict.json";
import { RULE_GROUPS } from "./rules";

/** Groups whose rules judge every resource, regardless of its type. */
const GENERAL = new Set(["tagging", "provider", "exemptions"]);

/** Rules that ask about everything on a path: what they alone ask about is not judged. */
const PATHS = new Set(["network-paths", "access-paths"]);

/**
 * The types among these that no rule judges, not even as a part of something else. Rules about whole stacks run on
 * one empty resource of each type, with the strict profile, which leaves out the least.
 */
export function unjudgedTypes(types: readonly string[]): string[] {
  const graph = StackGraph.from(
    types.map((type) => ({
      ...{ type, name: type, urn: `urn:pulumi:any::any::${type}::any` },
      ...{ properties: {}, references: {} },
      options: {} as never,
    })),
  );
  const settings = strict as Readonly<Record<string, unknown>>;
  const rules = Object.entries(RULE_GROUPS).flatMap(([group, list]) =>
    GENERAL.has(group) ? [] : list,
  );
  for (const rule of rules) {
    if (rule.kind === "stack" && !PATHS.has(rule.info.id)) {
      const given = settings[rule.info.id];
      const own = rule.settings(typeof given === "object" ? given! : {});
      // A rule for some stacks judges its types, whichever this one is.
      rule.judge(graph, "stacks" in own ? { ...own, stacks: [""] } : own, () => {});
    }
  }
  const isJudged = (type: string) =>
    graph.asked.has(canonicalType(type)) ||
    rules.some((rule) => rule.kind === "resource" && rule.concerns(type));
  return types.filter((type) => /^aws:.+\//.test(type) && !isJudged(type)).sort();
}
