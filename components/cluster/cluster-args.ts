/** What the cluster is made of, and what a service gets of it. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { OriginHeader } from "../../platform/origin-header";
import type { Tags } from "../../platform/tags";
import type { ClusterConfig } from "../../schema/cluster";
import type { NamedKey } from "../function";

export interface CrmClusterArgs {
  readonly config: ClusterConfig;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets of the load balancer, one a zone. */
  readonly publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Subnets of the deployment gate. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of the load balancer; the test listener's rule is added to it. */
  readonly albSecurityGroupId: pulumi.Input<string>;
  /**
   * Certificate of the HTTPS listeners, in the stack's region, already issued. @default none: the load balancer is internal and
   * speaks HTTP, for CloudFront in the same account alone. A change from or to none replaces it
   */
  readonly certificateArn?: pulumi.Input<string>;
  /** A name on that certificate, such as `api.crm-consulting.com`: the gate asks for it. */
  readonly host: string;
  /** Bucket of the access logs; it must let the load balancer write. */
  readonly accessLogsBucket: string;
  /** Web ACL of this region for the load balancer. @default none */
  readonly webAclArn?: pulumi.Input<string>;
  /** Header without which the listener on 443 answers 403. @default every request is served */
  readonly originHeader?: OriginHeader;
  /** Key of the log groups and of the commands run in containers. */
  readonly logsKey: NamedKey;
  /** Days between a deletion of the images' key and its effect, 7 to 30. */
  readonly keyDeletionWindowDays: number;
  /** Whether Pulumi refuses to delete the images' key. */
  readonly protect: boolean;
  /** What the load balancer needs first: the policy of the bucket for access logs. @default nothing */
  readonly startAfter?: readonly pulumi.Resource[];
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** What a service needs of the cluster it runs in. */
export interface ServicePlatform {
  readonly clusterArn: pulumi.Output<string>;
  /** Known before the cluster exists. */
  readonly clusterName: string;
  readonly capacityProviders: ClusterConfig["capacityProviders"];
  /** When services run. @default always */
  readonly hours?: ClusterConfig["hours"];
  readonly listenerArn: pulumi.Output<string>;
  readonly testListenerArn: pulumi.Output<string>;
  readonly loadBalancerArnSuffix: pulumi.Output<string>;
  readonly originHeader?: OriginHeader;
  /** Role with which ECS moves traffic, by ARN built from names. */
  readonly trafficRoleArn: string;
  /** Role with which ECS calls the gate, by ARN built from names. */
  readonly hookRoleArn: string;
  /** Its name: a service whose hook is a function of its own lets the role call that too. */
  readonly hookRoleName: pulumi.Output<string>;
  /** The gate's function, by ARN built from names. */
  readonly gateFunctionArn: string;
  /** DNS name that leads to the test listener. */
  readonly gateEndpoint: pulumi.Output<string>;
  readonly gate: ClusterConfig["gate"];
  /** Whether the load balancer speaks HTTP. @default false: HTTPS */
  readonly plain?: boolean;
  /** Host that the gate asks for. */
  readonly host: string;
  /** Key of the image repositories. */
  readonly imagesKeyArn: pulumi.Output<string>;
  readonly imageLifecycle: ClusterConfig["imageLifecycle"];
  readonly imageTags: ClusterConfig["imageTags"];
  /** Full reference of the collector's image in the stack's repository. @default AWS's own, from ECR Public */
  readonly collectorImage?: string | undefined;
  /** Log group of commands run in containers, and alias of its key. */
  readonly exec: { readonly logGroupName: string; readonly keyAlias: string };
  /** What a first deployment needs: capacity providers, roles' rights, gate. */
  readonly prerequisites: readonly pulumi.Resource[];
}
