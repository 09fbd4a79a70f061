/**
 * What distributions may do with the buckets that are their origins. CloudFront signs a request as its own service if the origin has an
 * origin access control that signs, and as a user of its own if it has an origin access identity; every other request is a stranger's.
 * Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
 */
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { keyActionsOf, type StoreAction } from "../../facts/store-actions";
import { type Caller, compilePolicy, type Policies } from "../iam";
import { HOLE } from "../iam/unknown";
import { type PlannedResource, UNKNOWN as MARKER } from "../plan/model";
import { isRecord, items, known, read, UNKNOWN } from "../properties";
import { type PlanIndex, textOf } from "../rights/plan-index";
import { type Asked, type Bound, bestOf, distinct, joined } from "./answers";
import { defaultKeyPolicy } from "./keys";
import { INTERNET_PLACE, type Setting } from "./model";
import { strangersPath } from "./public-access";
import { callContext, requestsOf } from "./requests";
import type { Store } from "./stores";
import { bestAnswer } from "./verdicts";

export const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const CONTROL = "aws:cloudfront/originAccessControl:OriginAccessControl";

/** How one origin's requests are signed: by the service, by an identity, or not at all and why. */
type Signing =
  | { readonly by: "service" }
  | { readonly by: "identity"; readonly id: string }
  | { readonly by: "none"; readonly says: string };

/** The distributions of which a bucket is an origin: by the origin's domain, or by what an unknown domain is made of. */
export function distributionsOf(index: PlanIndex, store: Store): PlannedResource[] {
  return index.ofType(DISTRIBUTION).filter((one) => originsTo(index, one, store).length > 0);
}

/** The origins of a distribution that are a bucket, or may be it. */
function originsTo(
  index: PlanIndex,
  distribution: PlannedResource,
  { resource }: Store,
): (Record<string, unknown> | typeof UNKNOWN)[] {
  if (resource.type !== "aws:s3/bucket:Bucket") return [];
  const name = textOf(resource.inputs["bucket"]);
  const list = items(distribution.inputs["origins"]);
  const origins = (list === UNKNOWN ? [UNKNOWN] : list).map((one) =>
    isRecord(one) ? one : UNKNOWN,
  );
  const domainOf = (one: (typeof origins)[number]) =>
    one === UNKNOWN ? UNKNOWN : read(one, "domainName");
  const named = origins.filter((one) => {
    const domain = domainOf(one);
    return typeof domain === "string" && name !== undefined && domain.startsWith(`${name}.s3`);
  });
  if (named.length > 0) return named;
  return index.behind(distribution, "origins").includes(resource)
    ? origins.filter((one) => domainOf(one) === UNKNOWN)
    : [];
}

/** What a distribution may do with a bucket. */
export function ofDistribution(
  index: PlanIndex,
  distribution: PlannedResource,
  store: Store,
  action: StoreAction,
  explains: boolean,
): Bound {
  if (read(distribution.inputs, "enabled") === false) {
    const says = `enabled of ${distribution.name} is false`;
    const settings = explains ? [setting("blocks", distribution, says, "enabled")] : [];
    return { action: action.action, verdict: "blocked", settings };
  }
  const origins = originsTo(index, distribution, store);
  // Each origin that is the bucket may be the one that is asked; of those that only may be it, one is.
  const isNamed = origins.every((one) => one !== UNKNOWN && textOf(one["domainName"]));
  const answers = origins.map((one) => {
    const possible = signingsOf(index, distribution, one).map((signing) =>
      signedAs(signing, { index, distribution, store, action, explains }),
    );
    return agreed(possible, distribution);
  });
  return isNamed ? bestAnswer(answers)! : agreed(answers, distribution);
}

/** The one answer of several, of which one holds and it is not known which. */
function agreed(answers: readonly Bound[], distribution: PlannedResource): Bound {
  const [first] = answers as [Bound];
  if (answers.every(({ verdict }) => verdict === first.verdict)) {
    return { ...first, settings: distinct(answers.flatMap(({ settings }) => settings)) };
  }
  const says = `how ${distribution.name} signs its requests decides`;
  const open = answers.filter(({ verdict }) => verdict === "undecided");
  const settings = [
    setting("unknown", distribution, says, "origins"),
    ...open.flatMap((one) => one.settings),
  ];
  return { ...first, verdict: "undecided", settings: distinct(settings) };
}

const setting = (
  effect: Setting["effect"],
  { urn, name, type }: PlannedResource,
  says: string,
  property: string,
): Setting => ({ effect, resource: { urn, name, type }, property, says });

/** How the requests of an origin may be signed. */
function signingsOf(
  index: PlanIndex,
  distribution: PlannedResource,
  origin: Record<string, unknown> | typeof UNKNOWN,
): Signing[] {
  const service: Signing = { by: "service" };
  const unsigned = (says: string): Signing => ({ by: "none", says });
  const absent = unsigned("the origin has no originAccessControlId");
  if (origin === UNKNOWN) return [service, { by: "identity", id: HOLE }, absent];
  const control = known(origin["originAccessControlId"]);
  if (control !== undefined && control !== "") {
    const planned = index
      .behind(distribution, "origins")
      .filter(({ type }) => control === UNKNOWN && type === CONTROL);
    const behaviors = planned.map(({ inputs, name }) => [read(inputs, "signingBehavior"), name]);
    const never = behaviors.find(([one]) => one === "never");
    const isOpen = planned.length === 0 || behaviors.some(([one]) => one === UNKNOWN);
    return [
      ...(isOpen || behaviors.some(([one]) => one !== "never") ? [service] : []),
      ...(never ? [unsigned(`signingBehavior of ${String(never[1])} is never`)] : []),
      ...(isOpen && !never ? [unsigned("its origin access control may not sign")] : []),
    ];
  }
  const identity = read(origin, "s3OriginConfig.originAccessIdentity");
  if (identity === undefined || identity === "") return [absent];
  return [
    {
      by: "identity",
      id: identity === UNKNOWN ? HOLE : (textOf(identity) ?? HOLE).split("/").at(-1)!,
    },
  ];
}

interface Question {
  readonly index: PlanIndex;
  readonly distribution: PlannedResource;
  readonly store: Store;
  readonly action: StoreAction;
  readonly explains: boolean;
}

function signedAs(signing: Signing, question: Question): Bound {
  const { index, distribution, store, action, explains } = question;
  if (signing.by === "service") return asService(question);
  if (signing.by === "identity") return asIdentity(question, signing.id);
  const path = strangersPath(index, store, action, INTERNET_PLACE.id, explains);
  if (path.verdict !== "blocked" || !explains) return path;
  const says = `${distribution.name} does not sign its requests to ${store.resource.name}: ${signing.says}`;
  // What the service's principal still lacks; a public bucket is no fix.
  const { settings } = asService(question);
  return {
    ...path,
    settings: [
      setting("blocks", distribution, says, "origins"),
      ...settings.filter(({ effect }) => effect === "blocks"),
    ],
  };
}

function asService(question: Question): Bound {
  const { index, distribution } = question;
  const { partition, account } = index.home;
  const id = textOf(distribution.inputs["id"]) ?? MARKER;
  return called(
    question,
    { kind: "service", name: SERVICE_PRINCIPALS.cloudfront },
    {
      "aws:SourceArn": `arn:${partition}:cloudfront::${account}:distribution/${id}`,
      "aws:SourceAccount": account,
      "aws:PrincipalServiceName": undefined,
    },
  );
}

/** An identity belongs to CloudFront's account, whose policies allow it everything. */
const ALL = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const CLOUDFRONTS = compilePolicy(ALL, "identity", "CloudFront's own policy");

function asIdentity(question: Question, id: string): Bound {
  const { partition } = question.index.home;
  const name = `CloudFront Origin Access Identity ${id}`;
  const arn = `arn:${partition}:iam::cloudfront:user/${name}`;
  return called(question, { kind: "user", arn }, {}, { identity: [CLOUDFRONTS] });
}

/** The answer to one caller: from the bucket's policy, and from its key's. */
function called(
  { index, store, action, explains }: Question,
  caller: Caller,
  own: Readonly<Record<string, string | undefined>>,
  identity: Policies = {},
): Bound {
  const asked: Asked = { index, store, explains };
  const parts = [
    { one: action, policy: store.policy?.policy, key: undefined },
    ...(store.key === undefined ? [] : keyActionsOf(action)).map((name) => ({
      ...{ one: { action: name }, key: store.key },
      policy: store.key?.policy?.policy ?? defaultKeyPolicy(index),
    })),
  ];
  return joined(
    parts.map(({ one, policy, key }) => {
      const policies: Policies = { ...identity, ...(policy && { resource: policy }) };
      const context = { ...callContext(index, store, one.action, false), ...own };
      return bestOf(
        asked,
        requestsOf(index, store, one, { caller, context, policies }, key),
        policies,
      );
    }),
  );
}
