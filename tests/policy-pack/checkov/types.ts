/** The types of @pulumi/aws by what Terraform calls them. */
import { argumentsOf } from "../../../facts/generate/sdk-shapes";
import { tokenMap } from "../../../facts/type-names";

/** Twins of types that the token map has under one name. */
const ALIASES: Readonly<Record<string, string>> = {
  aws_alb: "aws_lb",
  aws_alb_listener: "aws_lb_listener",
  aws_alb_target_group: "aws_lb_target_group",
  aws_alb_listener_rule: "aws_lb_listener_rule",
};

let tokens: Map<string, string> | undefined;

function mappedType(type: string): string | undefined {
  tokens ??= new Map(
    Object.entries(tokenMap().types)
      // Of a type with an old token as well, the one that the SDK means.
      .filter(
        ([token]) => !/V2$/.test(token) && !/^aws:(alb|applicationloadbalancing)\//.test(token),
      )
      .map(([token, { terraform }]) => [terraform, token]),
  );
  return tokens.get(ALIASES[type] ?? type);
}

/** Types whose module is not the first word of their name. */
const MODULES: Readonly<Record<string, string>> = {
  aws_elb: "aws:elb/loadBalancer:LoadBalancer",
  aws_ami: "aws:ec2/ami:Ami",
  aws_ami_copy: "aws:ec2/amiCopy:AmiCopy",
  aws_instance: "aws:ec2/instance:Instance",
  aws_launch_template: "aws:ec2/launchTemplate:LaunchTemplate",
  aws_launch_configuration: "aws:ec2/launchConfiguration:LaunchConfiguration",
};

/** A type outside of the token map: the SDK's, else one of which the pack knows nothing. */
function foreignType(type: string): string {
  const [, module, rest] = /^aws_([a-z0-9]+)_(\w+)$/.exec(type) ?? [];
  const short = camel(rest ?? "");
  const token = `aws:${module}/${short}:${short.charAt(0).toUpperCase()}${short.slice(1)}`;
  const named = MODULES[type] ?? token;
  if (argumentsOf(named) !== undefined) {
    return named;
  }
  // What it refers to counts all the same.
  const name = camel(type.replace(/^aws_/, ""));
  return `aws:other/${name}:${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** `access_logs` -> `accessLogs`. */
export function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `aws_s3_bucket` -> `aws:s3/bucket:Bucket`. */
export function tokenOf(type: string): string {
  return mappedType(type) ?? foreignType(type);
}

/** The property of a type whose name is not Terraform's: `rest_api_id` is `restApi`. */
export function renamed(type: string, argument: string): string | undefined {
  const properties = Object.entries(tokenMap().types[type]?.properties ?? {});
  return properties.find(([, [, terraform]]) => terraform === argument)?.[0];
}
