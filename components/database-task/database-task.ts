import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { FARGATE_PLATFORM } from "../../facts/fargate-sizes";
import type { Arns } from "../../platform/arns";
import {
  DATABASE_TASK,
  type DatabaseUsers,
  databaseTaskParameters,
  loginStatements,
  readableTaskParameters,
} from "../../platform/database-logins";
import type { Names } from "../../platform/names";
import { mapped } from "../../platform/records";
import type { Tags } from "../../platform/tags";
import type { DatabaseConfig } from "../../schema/database";
import type { ServicePlatform } from "../cluster";
import { imageReference, ImageRepository, repositoryArn } from "../images";
import { executionRights, ServiceRoles } from "../service";

export interface CrmDatabaseTaskArgs {
  readonly task: NonNullable<DatabaseConfig["task"]>;
  /** Services and functions with logins of their own. */
  readonly users: DatabaseUsers;
  readonly platform: Pick<ServicePlatform, "clusterName" | "imageLifecycle" | "imageTags"> & {
    readonly imagesKeyArn: pulumi.Input<string>;
  };
  readonly privateSubnetIds: pulumi.Input<string[]>;
  /** Group of the services' tasks, which reaches the database. */
  readonly ecsSecurityGroupId: pulumi.Input<string>;
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  /** Key of the parameters that the task is handed. */
  readonly secretsKey: { readonly aliasName: string };
  readonly logRetentionDays: number;
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

const CONTAINER = "psql";

/** Stops at the first error, with nothing of it left behind. */
const COMMAND = `printf '%s' "$SQL" | psql --no-psqlrc --set ON_ERROR_STOP=1 --single-transaction "$DATABASE_URL"`;

/**
 * SQL inside the VPC, by a task that runs once and ends: without anything else it brings the logins to the passwords that
 * the stack has for them, and their users' rights to those of the stack file; with another value of its variable `SQL` it runs that, such as a migration, as the database's owner.
 *
 * Its image is any with psql 15 or later and AWS's certificate authorities, in a repository of its own that is copied to the
 * other region like the services'. It gets the owner's URL and the logins' verifiers, and has no permissions in AWS.
 * The image costs by its size and the month, a run by its seconds.
 */
export class CrmDatabaseTask extends pulumi.ComponentResource {
  /** What `aws ecs run-task --cli-input-json` takes; none before the image is set. */
  public readonly run: pulumi.Output<string> | undefined;

  public constructor(
    private readonly name: string,
    private readonly args: CrmDatabaseTaskArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmDatabaseTask", name, {}, opts);

    const repositoryName = args.names.repository(DATABASE_TASK);
    new ImageRepository(
      name,
      {
        repositoryName,
        keyArn: args.platform.imagesKeyArn,
        lifecycle: args.platform.imageLifecycle,
        imageTags: args.platform.imageTags,
        protect: args.protect,
        tags: args.tags,
      },
      { parent: this },
    );
    const { image } = args.task;
    this.run =
      image === undefined
        ? undefined
        : this.describeRun(this.createTask(imageReference(args.arns, repositoryName, image)));
    this.registerOutputs({ run: this.run });
  }

  private createTask(image: string): aws.ecs.TaskDefinition {
    const { names, arns, task, tags } = this.args;
    const logGroupName = `/ecs/${names.of(DATABASE_TASK, "logGroup")}`;
    const logs = new aws.cloudwatch.LogGroup(
      this.name,
      {
        name: logGroupName,
        retentionInDays: this.args.logRetentionDays,
        kmsKeyId: this.args.logsKey.arn,
        tags,
      },
      { parent: this },
    );
    const arnOf = (parameter: string) => arns.parameter(names.parameter(DATABASE_TASK, parameter));
    const secrets = mapped(databaseTaskParameters(this.args.users), arnOf);
    const roles = new ServiceRoles(
      this.name,
      {
        service: DATABASE_TASK,
        execution: executionRights(arns, {
          logGroupName,
          repositoryArns: [repositoryArn(image) ?? []].flat(),
          parameterArns: readableTaskParameters(this.args.users).map(arnOf),
          secretsKeyAlias: this.args.secretsKey.aliasName,
        }),
        task: [],
        names,
        arns,
        tags,
      },
      { parent: this },
    );
    return new aws.ecs.TaskDefinition(
      this.name,
      {
        family: names.of(DATABASE_TASK),
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: task.architecture },
        executionRoleArn: roles.executionRoleArn,
        taskRoleArn: roles.taskRoleArn,
        containerDefinitions: JSON.stringify([this.container(image, logGroupName, secrets)]),
        skipDestroy: false,
        trackLatest: false,
        tags,
      },
      { parent: this, dependsOn: [logs, ...roles.rights] },
    );
  }

  private container(
    image: string,
    logGroupName: string,
    secrets: Readonly<Record<string, string>>,
  ) {
    return {
      name: CONTAINER,
      image,
      essential: true,
      entryPoint: ["sh", "-c"],
      command: [COMMAND],
      environment: [{ name: "SQL", value: loginStatements(this.args.users) }],
      secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      user: "65534",
      readonlyRootFilesystem: true,
      privileged: false,
      linuxParameters: { initProcessEnabled: true },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logGroupName,
          "awslogs-region": this.args.arns.region,
          "awslogs-stream-prefix": CONTAINER,
        },
      },
    };
  }

  private describeRun(definition: aws.ecs.TaskDefinition): pulumi.Output<string> {
    return pulumi.jsonStringify({
      cluster: this.args.platform.clusterName,
      taskDefinition: definition.arn,
      launchType: "FARGATE",
      platformVersion: FARGATE_PLATFORM.version,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: this.args.privateSubnetIds,
          securityGroups: [this.args.ecsSecurityGroupId],
          assignPublicIp: "DISABLED",
        },
      },
    });
  }
}
