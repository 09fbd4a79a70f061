import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { FARGATE_PLATFORM } from "../../facts/fargate-sizes";
import type { Arns } from "../../platform/arns";
import { tasksDeadLetters } from "../../platform/dead-letters";
import type { TaskConfig } from "../../schema/service-tasks";
import { CrmDeadLetterQueue, CrmSchedule } from "../eventing";
import type { NamedKey } from "../function";
import { runTaskRights } from "./service-policies";
import type { ServiceRoles } from "./service-roles";
import { createEndingTask, type EndingTaskArgs, familyOf } from "./task-definition";

/** Retries of a start that ECS did not accept, and seconds after which it is given up. */
const RETRIES = { maximumRetries: 3, maximumEventAgeSeconds: 3600 };

export interface ScheduledTasksArgs extends EndingTaskArgs {
  /** Those that a clock starts, by name. */
  readonly tasks: Readonly<Record<string, TaskConfig>>;
  readonly roles: ServiceRoles;
  readonly clusterName: string;
  /** Subnets of the tasks; they get no public address. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly ecsSecurityGroupId: pulumi.Input<string>;
  /** Whether the clock starts nothing: a pilot light that waits. */
  readonly standsBy: boolean;
  /** Key of the dead-letter queue and of the schedules. */
  readonly messagingKey: NamedKey;
  /** What comes before: the service in its new version. */
  readonly startAfter: readonly pulumi.Resource[];
  /** Whether Pulumi refuses to delete the dead-letter queue. */
  readonly protect: boolean;
  readonly arns: Arns;
}

/**
 * What runs once and ends, by the clock: a task definition for each, with the service's image, variables, secrets and roles. One
 * that could not be started goes to a dead-letter queue; one that fails is an event, which CrmObservability reports.
 * Only on-demand capacity: Spot would interrupt work that is not restarted. Costs by the seconds that the tasks run.
 */
export class ScheduledTasks extends pulumi.ComponentResource {
  /** Families of the task definitions. */
  public readonly families: readonly string[];
  public readonly deadLetterQueueName: string;

  public constructor(
    private readonly name: string,
    private readonly args: ScheduledTasksArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ScheduledTasks", name, {}, opts);

    const { service, tasks, names, arns, tags } = args;
    this.families = Object.keys(tasks).map((task) => familyOf(args, task));
    this.deadLetterQueueName = names.of(tasksDeadLetters(service), "queue");
    const groupName = names.of(`${service}-tasks`);
    const before = [
      ...args.startAfter,
      new aws.scheduler.ScheduleGroup(name, { name: groupName, tags }, { parent: this }),
      new CrmDeadLetterQueue(
        `${name}-dead-letters`,
        {
          queueName: this.deadLetterQueueName,
          keyAlias: args.messagingKey.aliasName,
          protect: args.protect,
          arns,
          tags,
        },
        { parent: this },
      ),
    ];
    for (const [task, config] of Object.entries(tasks)) {
      const definition = createEndingTask(`${name}-${task}`, args, task, config, this);
      this.start(task, config.schedule!, definition, groupName, before);
    }
    this.registerOutputs({ families: this.families });
  }

  private start(
    task: string,
    schedule: NonNullable<TaskConfig["schedule"]>,
    definition: aws.ecs.TaskDefinition,
    groupName: string,
    startAfter: readonly pulumi.Resource[],
  ): void {
    const { args } = this;
    const { service, clusterName, names, arns, tags } = args;
    const family = familyOf(args, task);
    new CrmSchedule(
      `${this.name}-${task}`,
      {
        scheduleName: family,
        groupName,
        roleName: names.of(`${service}-${task}-schedule`, "role"),
        description: `Task ${task} of the ${service} service`,
        expression: schedule.expression,
        timeZone: schedule.timeZone,
        enabled: args.container.image !== undefined && !args.standsBy,
        targetArn: arns.cluster(clusterName),
        task: {
          parameters: {
            taskDefinitionArn: definition.arn,
            launchType: "FARGATE",
            platformVersion: FARGATE_PLATFORM.version,
            networkConfiguration: {
              subnets: args.privateSubnetIds,
              securityGroups: [args.ecsSecurityGroupId],
              assignPublicIp: false,
            },
            enableEcsManagedTags: true,
            propagateTags: "TASK_DEFINITION",
          },
          rights: runTaskRights(arns, { clusterName, family, roleArns: args.roles.roleArns }),
        },
        ...RETRIES,
        deadLetterQueueArn: arns.queue(this.deadLetterQueueName),
        key: args.messagingKey,
        startAfter,
        arns,
        tags,
      },
      { parent: this },
    );
  }
}
