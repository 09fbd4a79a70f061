/**
 * Who acts in a plan: tasks, functions, and instances with what starts them, by their roles, and where they call from. No callers
 * here are roles of other services, such as those that EventBridge, Step Functions, CodeBuild, Glue, EKS or S3 assume.
 */
import { type Policy, compilePolicy } from "../iam";
import type { PlannedResource } from "../plan/model";
import { isRecord, items, UNKNOWN } from "../properties";
import { type PlanIndex, textOf } from "../rights/plan-index";
import { type ActingRole, actingAs, roleBehind } from "../rights/roles";
import { startersOf } from "./instances";
import type { PlacedPolicy } from "./stores";

/** One role of what computes. */
export interface Actor {
  /** What the network paths start from: a service, a function, an instance, a group of these; a task definition or a launch template that nothing uses. */
  readonly place: PlannedResource;
  readonly role: PlannedResource;
  /** Without a boundary that stands outside of the plan. */
  readonly acting: ActingRole;
  /** That boundary's name. */
  readonly outside?: string;
  /** What it uses the role for, where that is not its own code. */
  readonly purpose?: string;
  /** VPCs from which it calls; empty where it calls through the internet, undefined where that is not known. */
  readonly networks: readonly PlannedResource[] | undefined;
}

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const VPC = "aws:ec2/vpc:Vpc";

/** Every role by which something computes. */
export function actorsOf(index: PlanIndex): Actor[] {
  return [...tasks(index), ...functions(index), ...instances(index)];
}

function tasks(index: PlanIndex): Actor[] {
  const services = index.ofType("aws:ecs/service:Service");
  return index.ofType(TASK).flatMap((task) => {
    const own = services.filter(
      (one) =>
        index.behind(one, "taskDefinition").includes(task) ||
        (textOf(one.inputs["taskDefinition"]) !== undefined &&
          textOf(one.inputs["taskDefinition"]) === textOf(task.inputs["family"])),
    );
    const places = own.length > 0 ? own : [task];
    return places.flatMap((place) => {
      const networks = networksOf(index, place, "networkConfiguration", "subnets");
      return [
        ...actor(index, place, roleBehind(index, task, "taskRoleArn"), networks),
        ...actor(index, place, roleBehind(index, task, "executionRoleArn"), networks, "start"),
      ];
    });
  });
}

function functions(index: PlanIndex): Actor[] {
  return index
    .ofType("aws:lambda/function:Function")
    .flatMap((place) =>
      actor(
        index,
        place,
        roleBehind(index, place, "role"),
        networksOf(index, place, "vpcConfig", "subnetIds"),
      ),
    );
}

function instances(index: PlanIndex): Actor[] {
  return startersOf(index).flatMap(({ place, profile, subnets }) =>
    actor(index, place, roleBehind(index, profile, "role"), subnetNetworks(index, place, subnets)),
  );
}

function actor(
  index: PlanIndex,
  place: PlannedResource,
  role: PlannedResource | undefined,
  networks: Actor["networks"],
  purpose?: string,
): Actor[] {
  if (role === undefined) return [];
  const { boundary, ...others } = actingOf(index, role);
  const isOutside =
    boundary?.state === "unknown" && textOf(role.inputs["permissionsBoundary"]) !== undefined;
  return [
    {
      ...{ place, role, networks },
      ...(isOutside
        ? { acting: others, outside: boundary.name }
        : { acting: { ...others, ...(boundary && { boundary }) } }),
      ...(purpose && { purpose }),
    },
  ];
}

const acting = new WeakMap<PlannedResource, ActingRole>();

function actingOf(index: PlanIndex, role: PlannedResource): ActingRole {
  let known = acting.get(role);
  if (known === undefined) acting.set(role, (known = actingAs(index, role)));
  return known;
}

/** The VPCs of the subnets in a block of a resource's settings. */
function networksOf(
  index: PlanIndex,
  resource: PlannedResource,
  block: string,
  list: string,
): Actor["networks"] {
  const settings = resource.inputs[block];
  const subnets = isRecord(settings) ? items(settings[list]) : settings && UNKNOWN;
  if (subnets === undefined || (subnets !== UNKNOWN && (subnets as unknown[]).length === 0)) {
    return [];
  }
  return subnetNetworks(index, resource, block);
}

const SUBNET = "aws:ec2/subnet:Subnet";

function subnetNetworks(
  index: PlanIndex,
  resource: PlannedResource,
  input: string,
): Actor["networks"] {
  const subnets = index.behind(resource, input).filter(({ type }) => type === SUBNET);
  const vpcs = subnets.flatMap((one) => index.behind(one, "vpcId"));
  const found = [...new Set(vpcs.filter(({ type }) => type === VPC))];
  return found.length > 0 ? found : undefined;
}

/** The endpoint that a call of a service passes from a VPC; none where the VPC has none in the store's region. */
export function endpointFor(
  index: PlanIndex,
  { networks }: Pick<Actor, "networks">,
  service: string,
  region: string,
): EndpointPolicy | undefined {
  const of = index.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").filter((one) => {
    const name = textOf(one.inputs["serviceName"]);
    return (
      name?.endsWith(`.${service}`) === true &&
      index.regionOf(one) === region &&
      (networks === undefined || index.behind(one, "vpcId").some((vpc) => networks.includes(vpc)))
    );
  });
  const [endpoint] = networks?.length === 0 ? [] : of;
  if (endpoint === undefined) return undefined;
  return endpointPolicy(index, endpoint);
}

type EndpointPolicy = Omit<PlacedPolicy, "policy"> & { readonly policy?: Policy };

const endpoints = new WeakMap<PlannedResource, EndpointPolicy>();

/** An endpoint's policy; one without lets everything through. */
function endpointPolicy(index: PlanIndex, endpoint: PlannedResource): EndpointPolicy {
  let found = endpoints.get(endpoint);
  if (found === undefined) {
    const policies = index
      .ofType("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy")
      .filter((one) => index.behind(one, "vpcEndpointId").includes(endpoint));
    const resource = [endpoint, ...policies].find(({ inputs }) => inputs["policy"] !== undefined);
    const document = resource?.inputs["policy"];
    found = {
      ...{ document, resource: resource ?? endpoint, property: "policy" },
      ...(resource && {
        policy: compilePolicy(document, "endpoint", `the policy of ${endpoint.name}`),
      }),
    };
    endpoints.set(endpoint, found);
  }
  return found;
}
