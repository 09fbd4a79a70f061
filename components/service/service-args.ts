/** What a service is made of. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Link } from "../../platform/links";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { ServiceConfig } from "../../schema/services";
import type { ServicePlatform } from "../cluster";
import type { NamedKey } from "../function";
import type { ServiceAddition } from "./service-addition";
import type { ServiceConnection } from "./service-connect";

export interface CrmServiceArgs {
  /** Key of the service in the stack file, such as `auth`; part of its names. */
  readonly service: string;
  readonly config: ServiceConfig;
  /**
   * Its region, if the stack is a pilot light: each update then sets the number of tasks, scaled or not, as that
   * is how it gets its first ones. @default none
   */
  readonly standsIn?: string;
  readonly platform: ServicePlatform;
  /** Domain of the hosts that its route names. @default none */
  readonly domain?: string | undefined;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets of the tasks; they get no public address. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly ecsSecurityGroupId: pulumi.Input<string>;
  /** Connections to the database that a task may open, as `DB_POOL_MAX`. @default none: it connects to none */
  readonly databasePool?: number;
  /** What the service may use, with the variables that say where it is. */
  readonly links: readonly Link[];
  /** Its part in the services' namespace. @default none: it calls no service, and none calls it */
  readonly connection?: ServiceConnection | undefined;
  /** What the stack's extensions add. @default nothing */
  readonly addition?: ServiceAddition;
  /** The values set in `crm:secrets`, by name. */
  readonly secretValues: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Versions of what database and cache write, by variable; a raised one restarts the tasks of the
   * services that have the variable. @default none
   */
  readonly secretVersions?: Readonly<Record<string, number>>;
  /** Key of the log group. */
  readonly logsKey: NamedKey;
  /** Key of the parameters. */
  readonly secretsKey: NamedKey;
  /** Key of queues and schedules. */
  readonly messagingKey: NamedKey;
  /** Whether the stack waits for another region's loss: the clock starts no task. */
  readonly standsBy: boolean;
  /** Topic, by ARN, that alarms notify. */
  readonly alarmTopicArn: string;
  /** Folder or URL of the runbooks. */
  readonly runbooks: string;
  /** What tasks need to start: parameters that others write. @default nothing */
  readonly startAfter?: readonly pulumi.Resource[];
  /** Run before the ECS service is updated or created, such as a backup. @default none */
  readonly hooks?: pulumi.ResourceHookBinding;
  /** Whether Pulumi refuses to delete the image repository. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}
