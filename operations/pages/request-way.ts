/**
 * The path of a request through the platform, derived from the plan: which distribution receives it, which
 * behaviour, what is cached, which origin is asked for what, and which of the load balancer's rules and
 * services answer. It follows CloudFront's and the load balancer's own rules of matching.
 */
import { CACHE_POLICIES, ORIGIN_REQUEST_POLICIES } from "../../facts/cloudfront";
import { shownValue } from "../../facts/problem-text";
import { table } from "./table";

/** What a function at the edge makes of a path: another path, or an answer of its own with a status. */
export type EdgeResult = string | { readonly status: number };

/** One cache behaviour, in order of precedence; the default's pattern is `*`. */
export interface BehaviorModel {
  readonly pathPattern: string;
  readonly originId: string;
  readonly cachePolicyId: string;
  /** Whether the origin gets the viewer's host. @default false: its own */
  readonly viewerHost?: boolean;
  /** What the function at the edge makes of a path. @default the path stays */
  readonly rewrite?: (uri: string) => EdgeResult;
}

/** One origin, as a distribution asks it. */
export interface OriginModel {
  /** Host that is asked. */
  readonly host: string;
  /** Whether a server answers, behind the load balancer's rules; a bucket otherwise. */
  readonly server: boolean;
  /** Headers that the distribution adds, by name in lower case: the value, or what stands for a secret one. */
  readonly headers: ReadonlyMap<string, string>;
}

/** One distribution. */
export interface DistributionModel {
  readonly name: string;
  readonly hosts: readonly string[];
  /** File that `/` stands for. @default none */
  readonly rootObject?: string;
  /** Origins by id; groups of origins are none of them. */
  readonly origins: ReadonlyMap<string, OriginModel>;
  /** Ordered behaviours, the default last. */
  readonly behaviors: readonly BehaviorModel[];
}

/** A header that a rule requires: one of these values, or a placeholder for a secret one. */
export interface HeaderCondition {
  readonly name: string;
  readonly values: readonly string[];
}

/** One rule of the load balancer; all of its conditions must hold. */
export interface RuleModel {
  readonly priority: number;
  readonly paths: readonly string[];
  /** Patterns of the host. @default any host */
  readonly hosts?: readonly string[];
  /** @default none */
  readonly headers?: readonly HeaderCondition[];
  readonly service: string;
}

/** Where a request goes. */
export interface RequestWay {
  readonly distribution: string;
  /** Path pattern of the behaviour. */
  readonly behavior: string;
  readonly cachePolicyId: string;
  /** Absent where the edge itself answers. */
  readonly originId?: string;
  /** Path that the origin is asked for. */
  readonly originPath?: string;
  /** Status with which the edge itself answers. */
  readonly edgeStatus?: number;
  /** Priority of the load balancer's rule; none for files, undefined where no rule fits. */
  readonly rule?: number;
  /** Service that answers; none for files, undefined where no rule fits. */
  readonly service?: string;
}

/** The parts of a distribution's inputs that decide a request's way. */
export interface DistributionInputs {
  readonly aliases: readonly string[];
  readonly defaultRootObject?: string;
  readonly origins: readonly OriginInputs[];
  readonly defaultCacheBehavior: BehaviorInputs;
  readonly orderedCacheBehaviors?: readonly (BehaviorInputs & { readonly pathPattern: string })[];
}

/** The parts of an origin's inputs that decide what it is asked. */
export interface OriginInputs {
  readonly originId: string;
  readonly domainName: string;
  readonly customHeaders?: readonly { readonly name: string; readonly value: string }[];
  /** Absent: a bucket. */
  readonly customOriginConfig?: object;
}

/** The parts of a behaviour's inputs that decide where it leads. */
export interface BehaviorInputs {
  readonly targetOriginId: string;
  readonly cachePolicyId: string;
  readonly originRequestPolicyId?: string;
  readonly functionAssociations?: readonly {
    readonly eventType: string;
    readonly functionArn: string;
  }[];
}

/**
 * The model of a planned distribution. An error where a behaviour has a request policy of which it is not known
 * whether the origin gets its own host or the viewer's.
 *
 * @param rewriteOf what the function behind an ARN makes of a path
 */
export function distributionModel(
  name: string,
  inputs: DistributionInputs,
  rewriteOf: (functionArn: string) => (uri: string) => EdgeResult,
): DistributionModel {
  const model = (pathPattern: string, behavior: BehaviorInputs): BehaviorModel => {
    const atEdge = behavior.functionAssociations?.find(
      ({ eventType }) => eventType === "viewer-request",
    );
    const policy = behavior.originRequestPolicyId;
    const { AllViewer, AllViewerExceptHostHeader } = ORIGIN_REQUEST_POLICIES;
    if (policy !== undefined && policy !== AllViewer && policy !== AllViewerExceptHostHeader) {
      throw new Error(
        `${name}, behaviour ${pathPattern}: expected no origin request policy, AllViewer or AllViewerExceptHostHeader, got ${shownValue(policy)}`,
      );
    }
    return {
      pathPattern,
      originId: behavior.targetOriginId,
      cachePolicyId: behavior.cachePolicyId,
      ...(policy === AllViewer && { viewerHost: true }),
      ...(atEdge !== undefined && { rewrite: rewriteOf(atEdge.functionArn) }),
    };
  };
  const ordered = inputs.orderedCacheBehaviors ?? [];
  return {
    name,
    hosts: inputs.aliases,
    rootObject: inputs.defaultRootObject,
    origins: new Map(inputs.origins.map((origin) => [origin.originId, originModel(origin)])),
    behaviors: [
      ...ordered.map((behavior) => model(behavior.pathPattern, behavior)),
      model("*", inputs.defaultCacheBehavior),
    ],
  };
}

function originModel(inputs: OriginInputs): OriginModel {
  const headers = (inputs.customHeaders ?? []).map(
    ({ name, value }) => [name.toLowerCase(), value] as const,
  );
  return {
    host: inputs.domainName,
    server: inputs.customOriginConfig !== undefined,
    headers: new Map(headers),
  };
}

/** The path of a request; undefined if no distribution has its host. */
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
  const { originId, cachePolicyId } = behavior;
  const taken = {
    distribution: distribution.name,
    behavior: behavior.pathPattern,
    cachePolicyId,
  };
  const result = behavior.rewrite?.(request.path) ?? request.path;
  if (typeof result !== "string") {
    return { ...taken, edgeStatus: result.status };
  }
  const { rootObject } = distribution;
  const originPath = result === "/" && rootObject !== undefined ? `/${rootObject}` : result;
  const way = { ...taken, originId, originPath };
  const origin = distribution.origins.get(originId);
  if (origin === undefined || !origin.server) {
    return way;
  }
  const rule = answeringRule(
    {
      host: behavior.viewerHost === true ? request.host : origin.host,
      path: originPath,
      headers: origin.headers,
    },
    rules,
  );
  return { ...way, rule: rule?.priority, service: rule?.service };
}

/** The rule of the load balancer that handles a request: the first by priority whose conditions all match. */
export function answeringRule(
  request: {
    readonly host: string;
    readonly path: string;
    /** By name in lower case. */
    readonly headers: ReadonlyMap<string, string>;
  },
  rules: readonly RuleModel[],
): RuleModel | undefined {
  const fits = ({ paths, hosts, headers = [] }: RuleModel): boolean =>
    paths.some((pattern) => pathMatches(pattern, request.path)) &&
    (hosts?.some((pattern) => pathMatches(pattern.toLowerCase(), request.host)) ?? true) &&
    headers.every(({ name, values }) => {
      const value = request.headers.get(name.toLowerCase());
      return value !== undefined && values.includes(value);
    });
  return [...rules].sort((one, other) => one.priority - other.priority).find(fits);
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

/** The name of a cache policy; its id where it is none of the managed ones in use. */
export function cachePolicyName(id: string): string {
  return CACHE_NAMES.get(id) ?? id;
}

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
          cachePolicyName(way.cachePolicyId),
          originCell(way),
          "rule" in way ? String(way.rule ?? "default") : "",
          "rule" in way ? (way.service ?? "none") : "",
        ];
  });
  return table(header, rows);
}

function originCell({ edgeStatus, originId, originPath }: RequestWay): string {
  return edgeStatus === undefined
    ? `${originId} ${code(originPath!)}`
    : `none: the edge answers ${edgeStatus}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
