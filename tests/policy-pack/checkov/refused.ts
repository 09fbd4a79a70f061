/**
 * What Terraform or AWS refuses of an example, so that no program has it: arguments that the provider does not have,
 * documents that are none, and what the provider checks itself. Applied to every example alike.
 */
import { isRecord } from "../../../analysis/properties";
import { matching } from "../../../facts/generate/names";
import { argumentsOf, type Shape } from "../../../facts/generate/sdk-shapes";
import { tokenMap } from "../../../facts/type-names";
import { parseDocument } from "../../../policy-pack/documents";
import type { Block, Body } from "./hcl";
import { tokenOf } from "./types";

/** Arguments of every resource. Source: Terraform language, "Meta-Arguments". */
const META: ReadonlySet<string> = new Set([
  "connection",
  "count",
  "depends_on",
  "for_each",
  "lifecycle",
  "provider",
  "provisioner",
  "timeouts",
]);

/** Why a block is no valid input; undefined when nothing is known against it. */
export function refusal(
  { type: kind, labels, body }: Block,
  inputs: Readonly<Record<string, unknown>>,
): string | undefined {
  const [type = ""] = labels;
  if (kind === "data") {
    return body.attributes.has("statement")
      ? "statement is a block, and no argument, since Terraform 0.12"
      : documentError(inputs);
  }
  const unknown = lacking({ type: kind, labels, body });
  if (unknown.length > 0) {
    return `the provider has no argument ${unknown.join(", ")}`;
  }
  const word = [
    ...body.attributes,
    ...body.blocks.flatMap(({ body: inner }) => [...inner.attributes]),
  ]
    .filter(([name]) => !META.has(name))
    .find(([, value]) => value.kind === "reference" && value.path.length === 1);
  if (word !== undefined) {
    return `${word[0]} is a word that Terraform does not know`;
  }
  return documentError(inputs) ?? PROVIDER_CHECKS[type]?.(inputs);
}

/** The arguments of a resource that the provider does not have. */
export function lacking({ labels: [type = ""], body }: Block): string[] {
  const token = tokenOf(type);
  const renamed = new Set(
    Object.values(tokenMap().types[token]?.properties ?? {}).map(([, terraform]) => terraform),
  );
  return unknownArguments(body, argumentsOf(token), renamed, "");
}

function unknownArguments(
  { attributes, blocks }: Body,
  shape: Record<string, Shape> | undefined,
  renamed: ReadonlySet<unknown>,
  path: string,
): string[] {
  if (shape === undefined) {
    return [];
  }
  const names = Object.keys(shape);
  const isKnown = (name: string) =>
    META.has(name) || renamed.has(path + name) || matching(name, names) !== undefined;
  return [
    ...[...attributes.keys()].filter((name) => !isKnown(name)).map((name) => path + name),
    ...blocks.flatMap(({ type, labels, body }) => {
      const name = type === "dynamic" ? labels[0]! : type;
      const content = body.blocks.find((one) => one.type === "content");
      const found = matching(name, names);
      return !isKnown(name)
        ? [path + name]
        : found === undefined
          ? []
          : unknownArguments(
              type === "dynamic" ? (content?.body ?? body) : body,
              shape[found]!.properties,
              renamed,
              `${path}${name}.`,
            );
    }),
  ];
}

/** What is wrong with a policy document. The grammar is AWS's: IAM User Guide, "Grammar of the IAM JSON policy language". */
function documentError(inputs: Readonly<Record<string, unknown>>): string | undefined {
  return Object.values(inputs)
    .filter((value): value is string => typeof value === "string" && /"Statement"/.test(value))
    .map((text) => parseDocument(text))
    .map((document) => (isRecord(document) ? (document["error"] as string | undefined) : undefined))
    .find((error) => error !== undefined);
}

type Inputs = Readonly<Record<string, unknown>>;

const listOf = (value: unknown) => (Array.isArray(value) ? value : []).filter(isRecord);

/** All protocols with ports. Source: the provider's internal/service/ec2/vpc_security_group.go and vpc_network_acl.go. */
function portsOfAllProtocols(inputs: Inputs): string | undefined {
  const rules = [...listOf(inputs["ingress"]), ...listOf(inputs["egress"])];
  const odd = rules.some(
    (rule) =>
      /^(-1|all)$/.test(String(rule["protocol"])) &&
      [rule["fromPort"], rule["toPort"]].some((port) => Number(port ?? 0) !== 0),
  );
  return odd ? "the provider accepts no ports beside protocol -1" : undefined;
}

/** Source: the provider's internal/service/ec2/vpc_security_group_ingress_rule.go, ConfigValidators. */
function oneSource(inputs: Inputs): string | undefined {
  const sources = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
  const given = sources.filter((name) => inputs[name] !== undefined);
  return given.length === 1 ? undefined : `the provider needs exactly one of ${sources.join(", ")}`;
}

/** Source: AWS WAF API reference, Rule: one of Action and OverrideAction has to be set. */
function ruleWithoutAction(inputs: Inputs): string | undefined {
  const odd = listOf(inputs["rules"]).some(
    (rule) => rule["action"] === undefined && rule["overrideAction"] === undefined,
  );
  return odd ? "AWS WAF needs an action or an override of each rule" : undefined;
}

/** Source: Amazon S3 API reference, LifecycleRule: Status is required, Enabled or Disabled; the provider refuses others. */
function ruleWithoutStatus(inputs: Inputs): string | undefined {
  const odd = listOf(inputs["rules"]).some(({ status }) => status === "");
  return odd ? "the provider accepts no empty status of a lifecycle rule" : undefined;
}

/** Source: AWS DMS API reference, CreateEndpoint, EndpointType: source or target; the provider refuses others. */
function otherEndpoint(inputs: Inputs): string | undefined {
  return inputs["endpointType"] === "source" || inputs["endpointType"] === "target"
    ? undefined
    : "the provider accepts the endpoint types source and target";
}

const PROVIDER_CHECKS: Readonly<Record<string, (inputs: Inputs) => string | undefined>> = {
  aws_security_group: portsOfAllProtocols,
  aws_default_security_group: portsOfAllProtocols,
  aws_network_acl: portsOfAllProtocols,
  aws_default_network_acl: portsOfAllProtocols,
  aws_dms_endpoint: otherEndpoint,
  aws_s3_bucket_lifecycle_configuration: ruleWithoutStatus,
  aws_wafv2_web_acl: ruleWithoutAction,
  aws_wafv2_rule_group: ruleWithoutAction,
  aws_vpc_security_group_ingress_rule: oneSource,
  aws_vpc_security_group_egress_rule: oneSource,
};
