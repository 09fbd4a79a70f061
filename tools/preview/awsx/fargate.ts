/**
 * Shows what `awsx:ecs:FargateService` and `awsx:ecs:FargateTaskDefinition` (@pulumi/awsx 3.9) would register, without their provider
 * plugin: the service, its task definition with log group and roles, and a security group where the program names no network.
 */
import {
  type PropertyBag,
  type RemoteExpander,
  type RemoteRequest,
  UNKNOWN,
} from "../../../analysis/plan/model";
import {
  containsSecret,
  containsUnknown,
  isUnknown,
  reveal,
  secret,
} from "../../../analysis/plan/values";
import { Arguments, onlyOneOf, outputs } from "./arguments";
import { containersOf, definitionsOf, type LogTarget, sizeOf } from "./containers";
import { assignedOf, Family, literal, type Sourced, unknownOf } from "./family";
import { OPEN_GROUP } from "./open-group";
import { addRole, shortHash } from "./roles";
import { record } from "./vpc-args";

const TASK_DEFINITION = "awsx:ecs:FargateTaskDefinition";

/** Arguments of a service that awsx reads itself; all others are those of `aws.ecs.Service`. */
const READ_OF_SERVICE = [
  "taskDefinitionArgs",
  "assignPublicIp",
  "continueBeforeSteadyState",
  "useClusterDefaultCapacityProviderStrategy",
];

/** The same of a task definition. */
const READ_OF_TASK = ["container", "containers", "logGroup", "taskRole", "executionRole"];

const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Action: "sts:AssumeRole",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Effect: "Allow",
      Sid: "",
    },
  ],
};
const EXECUTION_POLICIES = [
  "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
];

export const expandFargateTaskDefinition: RemoteExpander = (request) => {
  const family = new Family();
  const { members, loadBalancers } = addTaskDefinition(family, request.urn, request, {
    given: new Arguments(request),
    args: request.inputs,
  });
  return outputs(family, members, { loadBalancers });
};

export const expandFargateService: RemoteExpander = (request) => {
  const family = new Family();
  const given = new Arguments(request);
  const { urn, name, inputs } = request;
  const { capacityProviderStrategies, useClusterDefaultCapacityProviderStrategy } = inputs;
  const usesDefault = useClusterDefaultCapacityProviderStrategy || undefined;
  onlyOneOf(inputs, ["taskDefinition", "taskDefinitionArgs"]);
  onlyOneOf(inputs, ["networkConfiguration", "assignPublicIp"]);
  onlyOneOf(
    { capacityProviderStrategies, useClusterDefaultCapacityProviderStrategy: usesDefault },
    ["capacityProviderStrategies", "useClusterDefaultCapacityProviderStrategy"],
  );
  if (inputs.taskDefinition === undefined && inputs.taskDefinitionArgs === undefined) {
    throw new Error("expected taskDefinition or taskDefinitionArgs, got neither");
  }
  const task =
    inputs.taskDefinitionArgs === undefined
      ? undefined
      : addTaskDefinition(family, family.component(urn, TASK_DEFINITION, name), request, {
          given: given.within("taskDefinitionArgs"),
          args: record(inputs.taskDefinitionArgs, "taskDefinitionArgs"),
        });
  const chosen = capacityProviderStrategies ?? usesDefault;
  const continues = given.whole("continueBeforeSteadyState");
  const service = family.add(urn, "aws:ecs/service:Service", name, {
    desiredCount: literal(1),
    ...given.except(READ_OF_SERVICE),
    ...(inputs.networkConfiguration === undefined && {
      networkConfiguration: defaultNetwork(family, request, given),
    }),
    ...(chosen ? {} : { launchType: literal("FARGATE") }),
    ...(task && inputs.loadBalancers === undefined && { loadBalancers: task.loadBalancers }),
    ...(task && { taskDefinition: unknownOf(task.members.taskDefinition) }),
    waitForSteadyState: {
      ...continues,
      value: isUnknown(continues.value) ? UNKNOWN : continues.value !== true,
    },
  });
  return outputs(family, { service, taskDefinition: task?.members.taskDefinition });
};

/**
 * A default VPC has a subnet in each zone; their number is the one that the preview assumes for `getSubnets`.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
function defaultSubnets({ assume }: RemoteRequest): readonly string[] {
  assume?.("the default VPC has 3 subnets, which are unknown");
  return [UNKNOWN, UNKNOWN, UNKNOWN];
}

/** The default VPC's subnets, whose ids only AWS knows, and a security group of its own. */
function defaultNetwork(family: Family, request: RemoteRequest, given: Arguments): Sourced {
  const assignPublicIp = given.whole("assignPublicIp");
  const group = family.add(
    request.urn,
    "aws:ec2/securityGroup:SecurityGroup",
    `${request.name}-sg`,
    { vpcId: literal(UNKNOWN), ...OPEN_GROUP },
  );
  return {
    value: {
      subnets: defaultSubnets(request),
      assignPublicIp: assignPublicIp.value ?? false,
      securityGroups: [UNKNOWN],
    },
    from: [group, ...assignPublicIp.from],
  };
}

/** Registers the children of a task definition below it. */
function addTaskDefinition(
  family: Family,
  parent: string,
  request: RemoteRequest,
  { given, args }: { given: Arguments; args: PropertyBag },
) {
  const { name, stack } = request;
  const logs = logTarget(family, parent, request, given, args.logGroup);
  const role = (word: string, argument: string, policyArns: readonly string[]) =>
    addRole(family, parent, `${name}-${word}`, given, {
      argument,
      settings: args[argument],
      trust: TRUST,
      policyArns,
    });
  const taskRole = role("task", "taskRole", []);
  const executionRole = role("execution", "executionRole", EXECUTION_POLICIES);

  const containers = containersOf(args);
  const argument = args.containers === undefined ? "container" : "containers";
  const containersAreKnown = !containsUnknown(containers);
  const definitions = definitionsOf(containers, logs.target);
  const isKnown = !containsUnknown(definitions);
  const derived = (value: () => unknown): Sourced => ({
    value: isKnown ? value() : UNKNOWN,
    from: [
      ...(containersAreKnown ? [] : given.whole(argument).from),
      ...(isKnown || logs.urn === undefined ? [] : [logs.urn]),
    ],
  });
  const text = isKnown ? json(definitions) : "";
  const size = isKnown ? sizeOf(definitions) : undefined;
  const taskDefinition = family.add(parent, "aws:ecs/taskDefinition:TaskDefinition", name, {
    cpu: derived(() => size?.cpu),
    memory: derived(() => size?.memory),
    ...given.except(READ_OF_TASK),
    requiresCompatibilities: literal(["FARGATE"]),
    networkMode: literal("awsvpc"),
    ...(taskRole.arn && { taskRoleArn: taskRole.arn }),
    ...(executionRole.arn && { executionRoleArn: executionRole.arn }),
    // awsx waits for the containers even where the program gives a family.
    family: derived(() => args.family ?? `${name}-${shortHash(stack + text)}`),
    // In a second evaluation the packs judge what is known of it.
    containerDefinitions:
      request.assigned && !isUnknown(definitions)
        ? literal(containsSecret(definitions) ? secret(json(definitions)) : json(definitions))
        : derived(() => (containsSecret(definitions) ? secret(text) : text)),
  });
  return {
    members: {
      taskDefinition,
      logGroup: logs.urn,
      taskRole: taskRole.role,
      executionRole: executionRole.role,
    },
    // A target group's port and ARN are outputs of another resource.
    loadBalancers: given.part(argument, containersAreKnown ? [] : UNKNOWN),
  };
}

const json = (value: unknown): string => JSON.stringify(reveal(value));

/** The log group that containers without one of their own write to, and its URN where it is made. */
function logTarget(
  family: Family,
  parent: string,
  request: RemoteRequest,
  given: Arguments,
  settings: unknown,
): { urn?: string; target?: LogTarget } {
  const { skip, existing, args } = record(settings, "logGroup");
  if (skip === true) return {};
  const place = request.region?.() ?? UNKNOWN;
  if (existing !== undefined) {
    const { arn, name: group, region: own } = record(existing, "logGroup.existing");
    const parts = typeof arn === "string" && !isUnknown(arn) ? arn.split(":") : undefined;
    return {
      target: { group: parts?.[6] ?? group ?? UNKNOWN, region: parts?.[3] ?? own ?? place },
    };
  }
  const inputs = record(args, "logGroup.args");
  const urn = family.add(
    parent,
    "aws:cloudwatch/logGroup:LogGroup",
    request.name,
    given.parts("logGroup", inputs),
  );
  const group = inputs.name ?? assignedOf(family, request, urn, "name").value;
  return { urn, target: { group, region: place } };
}
