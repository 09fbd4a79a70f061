/**
 * Shows what `awsx:lb:ApplicationLoadBalancer` and `awsx:lb:NetworkLoadBalancer` (@pulumi/awsx 3.9) would register, without their
 * provider plugin: the load balancer, its default target group, its listeners and, for an application, a security group.
 */
import {
  type PropertyBag,
  type RemoteExpander,
  type RemoteExpansion,
  type RemoteRequest,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { isUnknown } from "../../../analysis/plan/values";
import { Arguments, outputs } from "./arguments";
import { Family, literal, type Sourced, unknownOf } from "./family";
import { OPEN_GROUP } from "./open-group";
import { list, record } from "./vpc-args";

/** Arguments that awsx reads itself; all others are those of `aws.lb.LoadBalancer`. */
const READ = [
  "subnetIds",
  "subnets",
  "defaultTargetGroup",
  "defaultTargetGroupPort",
  "defaultSecurityGroup",
  "listener",
  "listeners",
];

/** Port and protocol of a listener or target group that names none. */
type Defaults = Record<string, Sourced>;

export const expandApplicationLoadBalancer: RemoteExpander = (request) => {
  const balancer = new LoadBalancer(request, { loadBalancerType: literal("application") });
  const { given, listeners } = balancer;
  const port = request.inputs.defaultTargetGroupPort;
  const single = listenerDefaults(given, listeners?.[0], port);
  // With one listener in the list the target group has neither port nor protocol: awsx leaves it so.
  const isSole = request.inputs.listeners !== undefined && listeners?.length === 1;
  return balancer.expand({
    securityGroup: true,
    targetGroup: { targetType: literal("ip"), ...(isSole ? {} : single) },
    listener: (listener) =>
      listenerDefaults(given, listener, request.inputs.listeners === undefined ? port : undefined),
  });
};

export const expandNetworkLoadBalancer: RemoteExpander = (request) => {
  const balancer = new LoadBalancer(request, {
    loadBalancerType: literal("network"),
    enableHttp2: literal(false),
    idleTimeout: literal(0),
  });
  const port = balancer.given.whole("defaultTargetGroupPort");
  const protocol = literal("TCP");
  return balancer.expand({
    securityGroup: false,
    targetGroup: { protocol, port: port.value === undefined ? literal(80) : port },
    listener: () => ({ protocol, port: literal(80) }),
  });
};

class LoadBalancer {
  readonly given: Arguments;
  /** What the program gave of each listener; undefined: none, so that there is a default one. */
  readonly listeners: PropertyBag[] | undefined;
  private readonly family = new Family();

  constructor(
    private readonly request: RemoteRequest,
    private readonly fixed: Record<string, Sourced>,
  ) {
    this.given = new Arguments(request);
    const { inputs } = request;
    this.onlyOneOf("subnets", "subnetIds", "subnetMappings");
    this.onlyOneOf("listener", "listeners");
    this.onlyOneOf("defaultTargetGroup", "defaultTargetGroupPort");
    this.listeners =
      inputs.listener === undefined
        ? list(inputs.listeners, "listeners")?.map((one) => record(one, "listeners"))
        : [record(inputs.listener, "listener")];
  }

  expand(defaults: {
    securityGroup: boolean;
    targetGroup: Defaults;
    listener: (given: PropertyBag | undefined) => Defaults;
  }): RemoteExpansion {
    const { family, given, request } = this;
    const { name, urn } = request;
    const vpcId = this.vpcId();
    const passed = { ...given.except(READ), ...this.subnets() };
    const members: Record<string, string | string[]> = {};
    if (defaults.securityGroup && request.inputs.securityGroups === undefined) {
      Object.assign(passed, this.securityGroups(members, vpcId));
    }
    const loadBalancer = family.add(
      urn,
      "aws:lb/loadBalancer:LoadBalancer",
      name,
      { ...passed, ...this.fixed },
      [],
    );
    const targetGroup = family.add(
      urn,
      "aws:lb/targetGroup:TargetGroup",
      name,
      { vpcId, ...defaults.targetGroup, ...given.object("defaultTargetGroup") },
      [],
    );
    const argument = request.inputs.listener === undefined ? "listeners" : "listener";
    const listeners = (this.listeners ?? [undefined]).map((listener, index) =>
      family.add(
        urn,
        "aws:lb/listener:Listener",
        `${name}-${index}`,
        {
          defaultActions: {
            value: [{ type: "forward", targetGroupArn: UNKNOWN }],
            from: [targetGroup],
          },
          ...defaults.listener(listener),
          ...(listener && given.parts(argument, listener)),
          loadBalancerArn: unknownOf(loadBalancer),
        },
        [],
      ),
    );
    return outputs(
      family,
      { ...members, loadBalancer, defaultTargetGroup: targetGroup, listeners },
      { vpcId },
    );
  }

  private onlyOneOf(...names: string[]): void {
    const set = names.filter((name) => this.request.inputs[name] !== undefined);
    if (set.length > 1) {
      throw new Error(`expected only one of ${names.join(", ")}, got ${set.join(" and ")}`);
    }
  }

  /** What awsx asks AWS of the first subnet, or of the default VPC. */
  private vpcId(): Sourced {
    const { subnets, subnetIds, subnetMappings } = this.request.inputs;
    const argument = subnets ? "subnets" : subnetIds ? "subnetIds" : "subnetMappings";
    return {
      value: UNKNOWN,
      from: subnetMappings || subnets || subnetIds ? this.given.whole(argument).from : [],
    };
  }

  private subnets(): Record<string, Sourced> {
    const { subnets, subnetIds, subnetMappings } = this.request.inputs;
    if (subnetMappings !== undefined) return {};
    if (subnetIds !== undefined) return { subnets: this.given.whole("subnetIds") };
    if (subnets !== undefined) return { subnets: this.given.whole("subnets") };
    return { subnets: literal(UNKNOWN) };
  }

  /** The group that the program names, or one that lets everything in; none if it is skipped. */
  private securityGroups(members: Record<string, string | string[]>, vpcId: Sourced) {
    const { family, given, request } = this;
    const { skip, args, securityGroupId } = record(
      request.inputs.defaultSecurityGroup,
      "defaultSecurityGroup",
    );
    if (skip === true) return {};
    if (args !== undefined && securityGroupId !== undefined) {
      throw new Error("defaultSecurityGroup: expected only one of args, securityGroupId, got both");
    }
    if (securityGroupId !== undefined) {
      return { securityGroups: given.part("defaultSecurityGroup", [securityGroupId]) };
    }
    const group = family.add(
      request.urn,
      "aws:ec2/securityGroup:SecurityGroup",
      request.name,
      args === undefined ? { vpcId, ...OPEN_GROUP } : given.parts("defaultSecurityGroup", args),
      [],
    );
    members["defaultSecurityGroup"] = group;
    return { securityGroups: { value: [UNKNOWN], from: [group] } };
  }
}

/** A listener's port and protocol, each from the other where only one is given. */
function listenerDefaults(
  given: Arguments,
  listener: PropertyBag | undefined,
  defaultPort: unknown,
): Defaults {
  const { port, protocol } = listener ?? {};
  const argument = "listeners";
  if (port !== undefined) {
    const derived = isUnknown(port) ? UNKNOWN : port === 443 ? "HTTPS" : "HTTP";
    return {
      port: given.part(argument, port),
      protocol: given.part(argument, protocol ?? derived),
    };
  }
  if (protocol !== undefined) {
    const derived = isUnknown(protocol) ? UNKNOWN : protocol === "HTTPS" ? 443 : 80;
    return { protocol: given.part(argument, protocol), port: given.part(argument, derived) };
  }
  return {
    port: given.part("defaultTargetGroupPort", defaultPort ?? 80),
    protocol: literal("HTTP"),
  };
}
