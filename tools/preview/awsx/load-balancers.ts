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
import { Arguments, onlyOneOf, outputs } from "./arguments";
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

/** Arguments that say where a load balancer stands. */
const PLACES = ["subnets", "subnetIds", "subnetMappings"] as const;

/** Port and protocol of a listener or target group that names none. */
type Defaults = Record<string, Sourced>;

export const expandApplicationLoadBalancer: RemoteExpander = (request) => {
  const balancer = new LoadBalancer(request, { loadBalancerType: literal("application") });
  const { listeners } = balancer;
  const port = request.inputs.defaultTargetGroupPort;
  const single = listenerDefaults(balancer, listeners?.[0], port);
  // With one listener in the list the target group has neither port nor protocol: awsx leaves it so.
  const isSole = request.inputs.listeners !== undefined && listeners?.length === 1;
  return balancer.expand({
    securityGroup: true,
    targetGroup: { targetType: literal("ip"), ...(isSole ? {} : single) },
    listener: (listener) =>
      listenerDefaults(
        balancer,
        listener,
        request.inputs.listeners === undefined ? port : undefined,
      ),
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
  /** The argument that they stand in. */
  readonly argument: "listener" | "listeners";
  /** The argument that says where the load balancer stands; undefined: in the default VPC. */
  private readonly place: (typeof PLACES)[number] | undefined;
  private readonly family = new Family();

  constructor(
    private readonly request: RemoteRequest,
    private readonly fixed: Record<string, Sourced>,
  ) {
    this.given = new Arguments(request);
    const { inputs } = request;
    onlyOneOf(inputs, PLACES);
    onlyOneOf(inputs, ["listener", "listeners"]);
    onlyOneOf(inputs, ["defaultTargetGroup", "defaultTargetGroupPort"]);
    this.place = PLACES.find((name) => inputs[name] !== undefined);
    this.argument = inputs.listener === undefined ? "listeners" : "listener";
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
    // What awsx asks AWS of the first subnet, or of the default VPC.
    const vpcId = { value: UNKNOWN, from: this.place ? given.whole(this.place).from : [] };
    const group =
      defaults.securityGroup && request.inputs.securityGroups === undefined
        ? this.securityGroup(vpcId)
        : {};
    const loadBalancer = family.add(urn, "aws:lb/loadBalancer:LoadBalancer", name, {
      ...given.except(READ),
      ...this.subnets(),
      ...(group.input && { securityGroups: group.input }),
      ...this.fixed,
    });
    const targetGroup = family.add(urn, "aws:lb/targetGroup:TargetGroup", name, {
      vpcId,
      ...defaults.targetGroup,
      ...given.object("defaultTargetGroup"),
    });
    const listeners = (this.listeners ?? [undefined]).map((listener, index) =>
      family.add(urn, "aws:lb/listener:Listener", `${name}-${index}`, {
        defaultActions: {
          value: [{ type: "forward", targetGroupArn: UNKNOWN }],
          from: [targetGroup],
        },
        ...defaults.listener(listener),
        ...(listener && given.parts(this.argument, listener)),
        loadBalancerArn: unknownOf(loadBalancer),
      }),
    );
    return outputs(
      family,
      {
        ...{ defaultSecurityGroup: group.urn, loadBalancer },
        ...{ defaultTargetGroup: targetGroup, listeners },
      },
      { vpcId },
    );
  }

  private subnets(): Record<string, Sourced> {
    if (this.place === "subnetMappings") return {};
    return { subnets: this.place ? this.given.whole(this.place) : literal(UNKNOWN) };
  }

  /** The group that the program names, or one that lets everything in; none if it is skipped. */
  private securityGroup(vpcId: Sourced): { urn?: string; input?: Sourced } {
    const { family, given, request } = this;
    const argument = "defaultSecurityGroup";
    const settings = record(request.inputs[argument], argument);
    const { skip, args, securityGroupId } = settings;
    if (skip === true) return {};
    onlyOneOf(settings, ["args", "securityGroupId"], `${argument}: `);
    if (securityGroupId !== undefined) return { input: given.part(argument, [securityGroupId]) };
    const urn = family.add(
      request.urn,
      "aws:ec2/securityGroup:SecurityGroup",
      request.name,
      args === undefined ? { vpcId, ...OPEN_GROUP } : given.parts(argument, args),
    );
    return { urn, input: { value: [UNKNOWN], from: [urn] } };
  }
}

/** A listener's port and protocol, each from the other where only one is given. */
function listenerDefaults(
  { given, argument }: LoadBalancer,
  listener: PropertyBag | undefined,
  defaultPort: unknown,
): Defaults {
  const { port, protocol } = listener ?? {};
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
