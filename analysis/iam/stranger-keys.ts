/**
 * What a stranger can make a request say: for each condition key the values that are theirs to choose.
 *
 * A policy is closed to a stranger only by keys whose values others cannot have: their account, organization,
 * network, resources. What a caller writes into a request (a header, a tag, a session's name) closes nothing.
 * Sources: IAM User Guide, "AWS global condition context keys", "The confused deputy problem"; Amazon S3 User
 * Guide, "The meaning of public"; GitHub, "OpenID Connect reference"; the issuers' own documentation.
 */
import { entryOf } from "../../facts/entry-of";
import { SHARED_ISSUERS } from "../../facts/shared-issuers";
import { UNKNOWN } from "../properties";
import { type Caller } from "./caller";
import { type ContextValue } from "./context";
import { common, example } from "./shapes";
import { networkOf } from "./values";

/** A stranger with a known account, organization and entry point. */
export interface StrangerSetting {
  readonly caller: Caller;
  /** Of 12 digits. */
  readonly account: string;
  /** The organization's id; a neighbour has the resource's own. */
  readonly organization: string;
  /** Through the internet, or through a VPC endpoint of their own. */
  readonly network: "internet" | "endpoint";
  /** Whether a service states on whose behalf it calls. */
  readonly source: "stated" | "unstated";
  /** Of a federated caller's token, such as `gitlab.com`. */
  readonly issuer?: string;
}

/** What is known of the resource. */
export interface ResourceSetting {
  readonly account?: string;
  readonly organization?: string;
  /** ISO 8601; without it conditions on the time are undecided. */
  readonly now?: string;
}

/** Which values a key can have: shapes (see shapes.ts), and whether it may be absent. */
interface Domain {
  readonly shapes: readonly string[];
  /** `always` in the request, `optional`, or `never`. */
  readonly presence: "always" | "optional" | "never";
}

const always = (...shapes: readonly string[]): Domain => ({ shapes, presence: "always" });
const optional = (...shapes: readonly string[]): Domain => ({ shapes, presence: "optional" });
const NEVER: Domain = { shapes: [], presence: "never" };
const FREE = optional("**");
/** The resource's own: not the caller's to choose, and not known here. */
const RESOURCE = "resource";

/** A key that a caller of the kind has not got is absent. */
function domainOf(key: string, setting: StrangerSetting): Domain | typeof RESOURCE {
  return (
    networkKey(key, setting) ??
    sourceKey(key, setting) ??
    tokenKey(key, setting) ??
    callerKey(key, setting) ??
    (/^(aws:resource(tag\/|account|org)|s3:resourceaccount)|^[a-z0-9-]+:resourcetag\//.test(key)
      ? RESOURCE
      : FREE)
  );
}

function networkKey(key: string, { network, account, organization }: StrangerSetting) {
  const keys: Readonly<Record<string, Domain>> = {
    "aws:sourcevpc": always("vpc-*stranger*"),
    "aws:sourcevpce": always("vpce-*stranger*"),
    "aws:sourcevpcarn": always(`arn:aws:ec2:*:${account}:vpc/vpc-*`),
    "aws:vpceaccount": always(account),
    "aws:vpceorgid": optional(organization),
    "aws:vpceorgpaths": optional(`${organization}/**`),
  };
  const found = entryOf(keys, key);
  return found === undefined || network === "endpoint" ? found : NEVER;
}

/** Keys by which a service states on whose behalf it calls. Source: IAM User Guide, aws:SourceArn and its siblings. */
function sourceKey(key: string, { caller, account, organization, source }: StrangerSetting) {
  const keys: Readonly<Record<string, Domain>> = {
    // A bucket's ARN has no account: a stranger has no bucket of a given name, but some of many names.
    "aws:sourcearn": always(`arn:aws:*:*:${account}:**`, "arn:aws:s3:::*stranger*"),
    "aws:sourceaccount": always(account),
    "aws:sourceorgid": optional(organization),
    "aws:sourceorgpaths": optional(`${organization}/**`),
  };
  const found = entryOf(keys, key);
  return found === undefined || (caller.kind === "service" && source === "stated") ? found : NEVER;
}

function callerKey(key: string, { caller, account, organization }: StrangerSetting) {
  const signed = caller.kind === "role";
  const keys: Readonly<Record<string, Domain>> = {
    "aws:principalarn": always(
      `arn:aws:iam::${account}:role/**`,
      `arn:aws:iam::${account}:user/**`,
    ),
    "aws:userid": always("AROASTRANGER00000001:**"),
    // An account outside of any organization has neither: what asks for the key only where it is there lets it in.
    "aws:principalorgid": optional(organization),
    "aws:principalorgpaths": optional(`${organization}/**`),
    "aws:principalorgmasteraccountid": always("000000000001"),
    "aws:sourceowner": always(account),
    "kms:calleraccount": always(account),
    "s3:dataaccesspointaccount": optional(account),
    "s3:dataaccesspointarn": optional(`arn:aws:s3:*:${account}:accesspoint/**`),
    "aws:ec2instancesourcevpc": optional("vpc-*stranger*"),
    "ec2:sourceinstancearn": optional(`arn:aws:ec2:*:${account}:instance/**`),
    "lambda:sourcefunctionarn": optional(`arn:aws:lambda:*:${account}:function:**`),
    "aws:principaltype": always("AssumedRole", "User"),
    "aws:username": optional("**"),
  };
  const found = entryOf(keys, key);
  if (found !== undefined && !signed) {
    return NEVER;
  }
  if (/^aws:principaltag\//.test(key)) {
    return signed ? FREE : NEVER;
  }
  // A mount target is in the owner's network.
  return key === "elasticfilesystem:accessedviamounttarget" ? NEVER : found;
}

/**
 * The issuers of a provider's ARN or name that issue tokens to the public: one, or each that it can be.
 *
 * @param hole stands for a part that is not known
 */
export function sharedIssuers(provider: string, hole: string): readonly string[] {
  const parts = provider.split(hole).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  const [, partition, , , account] = provider.split(":");
  return Object.keys(SHARED_ISSUERS.claims).filter((issuer) =>
    [issuer, `arn:${partition}:iam::${account}:oidc-provider/${issuer}`].some((one) =>
      pattern.test(one),
    ),
  );
}

function tokenKey(key: string, { caller, issuer }: StrangerSetting): Domain | undefined {
  const at = key.lastIndexOf(":");
  const claims = entryOf(SHARED_ISSUERS.claims, key.slice(0, at));
  if (claims === undefined) {
    return undefined;
  }
  if (caller.kind !== "federated" || issuer !== key.slice(0, at)) {
    return NEVER;
  }
  const shapes = claims[key.slice(at + 1)];
  return shapes === undefined ? FREE : always(...shapes);
}

/** Addresses of cloud and hosting providers with public sign-up. */
const ADDRESSES = [
  "3.5.140.10",
  "34.90.10.10",
  "185.199.108.10",
  "2600:1f18::10",
  "2a00:1450:4001::10",
];

/** The widest network that one company may own; a stranger can get an address in a wider one. */
const WIDEST = { 32: 9, 128: 33 } as const;
const PRIVATE = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd]|fe80)/i;

function addresses(values: readonly string[], privately: boolean): string[] {
  const wide = values.flatMap((value) => {
    const network = networkOf(value);
    const [base] = value.split("/");
    return network !== undefined &&
      (privately || (network.length < WIDEST[network.size] && !PRIVATE.test(value)))
      ? [base!]
      : [];
  });
  return privately ? [...wide, "10.99.0.10"] : [...ADDRESSES, ...wide];
}

/** How many values of a key are tried. */
const MOST = 16;

/** The values, or the absence, that a stranger can give a key that a policy compares with some values. */
export function choices(
  key: string,
  values: readonly string[],
  setting: StrangerSetting,
  resource: ResourceSetting,
): readonly (ContextValue | undefined)[] {
  if (key === "aws:sourceip") {
    return setting.network === "internet" ? addresses(values, false) : [undefined];
  }
  if (key === "aws:vpcsourceip") {
    return setting.network === "endpoint" ? addresses(values, true) : [undefined];
  }
  if (key === "aws:currenttime" || key === "aws:epochtime") {
    return [resource.now ?? [UNKNOWN]];
  }
  if (/^aws:(securetransport|multifactorauthpresent)$/.test(key)) {
    const signed = setting.caller.kind === "role";
    return key === "aws:securetransport"
      ? ["true", "false"]
      : signed
        ? ["true", "false"]
        : [undefined];
  }
  if (/^aws:principal(account|isawsservice|servicename)$/.test(key)) {
    return [OWN];
  }
  if (key === "aws:principalservicenameslist") {
    return [setting.caller.kind === "service" ? [setting.caller.name] : undefined];
  }
  const domain = domainOf(key, setting);
  if (domain === RESOURCE) {
    return [ofResource(key, resource)];
  }
  const all = chosen(domain, values);
  return key === "aws:sourcearn" ? all.filter((one) => !isImpossible(one)) : all;
}

/**
 * A bucket's ARN names neither region nor account; those of other resources of S3 have a type (Amazon S3 User Guide,
 * "Amazon S3 resources"): a pattern for a bucket does not reach into a stranger's account.
 */
function isImpossible(arn: string | undefined): boolean {
  return arn !== undefined && /^arn:[^:]*:s3:[^:]*:[^:]+:[^/]*$/.test(arn);
}

/** The evaluator derives these keys from the caller. */
export const OWN: unique symbol = Symbol("own");

function ofResource(key: string, { account, organization }: ResourceSetting): ContextValue {
  return (
    (/account$/.test(key) ? account : /orgid$/.test(key) ? organization : undefined) ?? UNKNOWN
  );
}

function chosen({ shapes, presence }: Domain, values: readonly string[]): (string | undefined)[] {
  if (presence === "never") {
    return [undefined];
  }
  const found = new Set<string>();
  for (const shape of shapes) {
    for (const value of values) {
      const text = common(value, shape);
      if (text !== undefined) {
        found.add(text);
      }
      if (shape === "**" && /^-?\d+(\.\d+)?$/.test(value)) {
        found.add(String(Number(value) - 1)).add(String(Number(value) + 1));
      }
    }
    found.add(shape === "**" ? "stranger" : example(shape));
  }
  const texts = [...found].slice(0, MOST);
  return presence === "optional" ? [...texts, undefined] : texts;
}
