/**
 * The way of a request through the platform, worked out from the plan: which distribution takes it, which
 * behaviour, what is cached, which origin is asked for what, and which of the load balancer's rules and
 * services answer. It follows CloudFront's and the load balancer's own rules of matching.
 */
import { CACHE_POLICIES } from "./cloudfront";

/** One cache behaviour, in order of precedence; the default's pattern is `*`. */
export interface BehaviorModel {
  readonly pathPattern: string;
  readonly originId: string;
  readonly cachePolicyId: string;
  /** What the function at the edge makes of a path. @default the path stays */
  readonly rewrite?: (uri: string) => string;
}

/** One distribution. */
export interface DistributionModel {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Ordered behaviours, the default last. */
  readonly behaviors: readonly BehaviorModel[];
}

/** One rule of the load balancer. */
export interface RuleModel {
  readonly priority: number;
  readonly paths: readonly string[];
  readonly service: string;
}

/** Where a request goes. */
export interface RequestWay {
  readonly distribution: string;
  /** Path pattern of the behaviour. */
  readonly behavior: string;
  readonly cachePolicyId: string;
  readonly originId: string;
  /** Path that the origin is asked for. */
  readonly originPath: string;
  /** Priority of the load balancer's rule; none for files. */
  readonly rule?: number;
  /** Service that answers; none for files. */
  readonly service?: string;
}

/** The parts of a distribution's inputs that decide a request's way. */
export interface DistributionInputs {
  readonly aliases: readonly string[];
  readonly defaultCacheBehavior: BehaviorInputs;
  readonly orderedCacheBehaviors?: readonly (BehaviorInputs & { readonly pathPattern: string })[];
}

interface BehaviorInputs {
  readonly targetOriginId: string;
  readonly cachePolicyId: string;
  readonly functionAssociations?: readonly { readonly functionArn: string }[];
}

/** Origins that are load balancers have ids which begin so. */
const BALANCER = "alb-";

/**
 * The model of a planned distribution.
 *
 * @param rewriteOf what the function behind an ARN makes of a path
 */
export function distributionModel(
  name: string,
  inputs: DistributionInputs,
  rewriteOf: (functionArn: string) => (uri: string) => string,
): DistributionModel {
  const model = (pathPattern: string, behavior: BehaviorInputs): BehaviorModel => {
    const functionArn = behavior.functionAssociations?.[0]?.functionArn;
    return {
      pathPattern,
      originId: behavior.targetOriginId,
      cachePolicyId: behavior.cachePolicyId,
      ...(functionArn !== undefined && { rewrite: rewriteOf(functionArn) }),
    };
  };
  const ordered = inputs.orderedCacheBehaviors ?? [];
  return {
    name,
    hosts: inputs.aliases,
    behaviors: [
      ...ordered.map((behavior) => model(behavior.pathPattern, behavior)),
      model("*", inputs.defaultCacheBehavior),
    ],
  };
}

/** The way of a request; undefined where no distribution has its host. */
export function requestWay(
  request: { readonly host: string; readonly path: string },
  distributions: readonly DistributionModel[],
  rules: readonly RuleModel[],
): RequestWay | undefined {
  const distribution = distributions.find(({ hosts }) => hosts.includes(request.host));
  const behavior = distribution?.behaviors.find(({ pathPattern }) =>
    pathMatches(pathPattern, request.path),
  );
  if (distribution === undefined || behavior === undefined) {
    return undefined;
  }
  const originPath = behavior.rewrite?.(request.path) ?? request.path;
  const way = {
    distribution: distribution.name,
    behavior: behavior.pathPattern,
    cachePolicyId: behavior.cachePolicyId,
    originId: behavior.originId,
    originPath,
  };
  if (!behavior.originId.startsWith(BALANCER)) {
    return way;
  }
  const rule = [...rules]
    .sort((one, other) => one.priority - other.priority)
    .find(({ paths }) => paths.some((pattern) => pathMatches(pattern, originPath)));
  return { ...way, rule: rule?.priority, service: rule?.service };
}

/**
 * Whether a path fits a pattern: `*` stands for any characters, `?` for one, letter case counts.
 * Sources: CloudFront Developer Guide, "Path pattern"; Application Load Balancers guide, "Path conditions".
 */
export function pathMatches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const expression = escaped.replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(path);
}

/** Names of managed cache policies, for people. */
const CACHE_NAMES = new Map<string, string>(
  Object.entries(CACHE_POLICIES).map(([name, id]) => [id, name]),
);

/** The ways of some requests as a Markdown table, for the documentation. */
export function requestWayTable(
  requests: readonly { readonly host: string; readonly path: string }[],
  distributions: readonly DistributionModel[],
  rules: readonly RuleModel[],
): string {
  const header = ["Request", "Distribution", "Behaviour", "Cache", "Origin", "Rule", "Service"];
  const rows = requests.map((request) => {
    const way = requestWay(request, distributions, rules);
    const asked = code(`${request.host}${request.path}`);
    return way === undefined
      ? [asked, "none", "", "", "", "", ""]
      : [
          asked,
          way.distribution,
          code(way.behavior),
          CACHE_NAMES.get(way.cachePolicyId) ?? way.cachePolicyId,
          `${way.originId} ${code(way.originPath)}`,
          way.rule === undefined ? "" : String(way.rule),
          way.service ?? "",
        ];
  });
  return [header, header.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
