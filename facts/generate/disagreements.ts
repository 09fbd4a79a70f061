/**
 * Writes facts/replacement-disagreements.json: why the provider and AWS's own type decide otherwise about a property,
 * with AWS's API models as the witness of which call takes it. Run:
 *
 *   node facts/generate/run.js disagreements --models BOTOCORE
 *
 * BOTOCORE is the folder of the installed Python package, whose `data` holds the models. Nothing is asked of AWS.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";

import { schemaOf } from "../published-schemas";
import { differences, replacements, type Verdict } from "../replacement";
import { namesOfProperty, namesOfType } from "../type-names";
import { FACTS, lines, optionsOf, today } from "./sources";

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

interface Shape {
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly value?: { readonly shape: string };
}

/** Folders of models whose name is not the prefix of the service's actions. */
const FOLDERS: Readonly<Record<string, string>> = {
  "access-analyzer": "accessanalyzer",
  airflow: "mwaa",
  aoss: "opensearchserverless",
  elasticfilesystem: "efs",
  elasticloadbalancing: "elbv2",
  elasticmapreduce: "emr",
  states: "stepfunctions",
  timestream: "timestream-write",
};

/** Calls that make, read or delete: what takes a property there changes no resource. */
const NO_CHANGE =
  /^(Create|Describe|Get|List|Delete|Run|Register|Deregister|Request|Tag|Untag|Start)/;

/**
 * Calls that the rule below does not find: whose input has another name for the property, or of a service whose actions
 * are not its operations. Read in the models; `rds:PromoteReadReplica` and the pair of Budgets in the provider's source.
 */
const CALLS: Readonly<Record<string, string>> = {
  "aws:accessanalyzer/analyzer:Analyzer": "access-analyzer:UpdateAnalyzer",
  "aws:apigateway/resource:Resource": "apigateway:UpdateResource",
  "aws:apigatewayv2/api:Api": "apigatewayv2:UpdateApi",
  "aws:apigatewayv2/integration:Integration": "apigatewayv2:UpdateIntegration",
  // These take it only to say which resource they mean, and get it from the one that is there (appsync/api_cache.go).
  "aws:appsync/apiCache:ApiCache apiId": "",
  "aws:appsync/dataSource:DataSource apiId": "",
  "aws:appsync/dataSource:DataSource name": "",
  "aws:batch/computeEnvironment:ComputeEnvironment": "batch:UpdateComputeEnvironment",
  "aws:batch/computeEnvironment:ComputeEnvironment eksConfiguration": "",
  "aws:budgets/budget:Budget": "budgets:DeleteNotification and budgets:CreateNotification",
  "aws:cloudtrail/eventDataStore:EventDataStore": "cloudtrail:UpdateEventDataStore",
  "aws:codedeploy/application:Application": "codedeploy:UpdateApplication",
  "aws:codedeploy/deploymentGroup:DeploymentGroup": "codedeploy:UpdateDeploymentGroup",
  "aws:docdb/cluster:Cluster": "rds:ModifyDBCluster",
  "aws:docdb/elasticCluster:ElasticCluster tags": "docdb-elastic:TagResource",
  "aws:ec2/instance:Instance ipv6AddressCount": "ec2:AssignIpv6Addresses",
  "aws:ec2/instance:Instance privateDnsNameOptions": "ec2:ModifyPrivateDnsNameOptions",
  "aws:ec2/instance:Instance privateDnsNameOptions.hostnameType": "ec2:ModifyPrivateDnsNameOptions",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "ec2:ReplaceRouteTableAssociation",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment subnetIds":
    "ec2:ModifyTransitGatewayVpcAttachment",
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "ecr:UpdatePullThroughCacheRule",
  "aws:eks/cluster:Cluster encryptionConfig.provider.keyArn": "eks:AssociateEncryptionConfig",
  "aws:eks/cluster:Cluster encryptionConfig.resources": "eks:AssociateEncryptionConfig",
  "aws:elasticache/cluster:Cluster preferredAvailabilityZones": "elasticache:ModifyCacheCluster",
  "aws:elb/loadBalancer:LoadBalancer": "elasticloadbalancing:ConfigureHealthCheck",
  "aws:elb/loadBalancer:LoadBalancer availabilityZones":
    "elasticloadbalancing:EnableAvailabilityZonesForLoadBalancer",
  "aws:fsx/lustreFileSystem:LustreFileSystem": "fsx:UpdateFileSystem",
  "aws:fsx/windowsFileSystem:WindowsFileSystem": "fsx:UpdateFileSystem",
  "aws:opensearch/domainPolicy:DomainPolicy": "es:UpdateDomainConfig",
  "aws:rds/cluster:Cluster engine": "",
  "aws:rds/instance:Instance replicateSourceDb": "rds:PromoteReadReplica",
  "aws:sagemaker/domain:Domain domainSettings.rStudioServerProDomainSettings":
    "sagemaker:UpdateDomain",
  "aws:timestreamwrite/table:Table": "timestream:UpdateTable",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "ec2:ModifySecurityGroupRules",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2:ModifySecurityGroupRules",
  "aws:workspaces/workspace:Workspace bundleId": "workspaces:MigrateWorkspace",
};

/** Resources that are one item of what AWS's type holds as a list, beside those that the table of types calls parts. */
const ITEMS = ["aws:sns/topicPolicy:TopicPolicy", "aws:sqs/queuePolicy:QueuePolicy"];

export function main(args: string[]): Promise<number> {
  const folder = optionsOf(args, ["models"])["models"]![0]!;
  const models = new Models(path.join(folder, "data"));
  const [, version] = /__version__ = '([\d.]+)'/.exec(
    fs.readFileSync(path.join(folder, "__init__.py"), "utf8"),
  )!;
  const types: Record<string, Record<string, string>> = {};
  for (const token of Object.keys(replacements().types)) {
    for (const { property, provider } of differences(token)) {
      (types[token] ??= {})[property] = reasonOf(token, property, provider, models);
    }
  }
  const table = { source: { package: "botocore", version, date: today() }, types };
  fs.writeFileSync(path.join(FACTS, "replacement-disagreements.json"), lines(table, ["types"]));
  return Promise.resolve(0);
}

function reasonOf(token: string, property: string, provider: Verdict, models: Models): string {
  if (provider === "may-replace") return "case-by-case";
  const type = namesOfType(token)!;
  if (provider === "replaces" && (type.part === true || ITEMS.includes(token))) return "part";
  if (provider === "in-place" && property === "tags") return "tags";
  const written = CALLS[`${token} ${property}`] ?? CALLS[token];
  const call = written ?? models.callOf(token, property);
  if (provider === "replaces") return call ? `not-called ${call}` : "no-call";
  return call ? `called ${call}` : "not-sent";
}

class Models {
  private readonly read = new Map<string, Model | undefined>();

  public constructor(private readonly folder: string) {}

  /** Of the actions with which AWS's own type is updated, the one whose call takes the property. */
  public callOf(token: string, property: string): string | undefined {
    const own = namesOfType(token)!.aws!;
    const leaf = namesOfProperty(token, property)!.aws!.split(".").pop()!.toLowerCase();
    const taking = (schemaOf(own)!.handlers?.update ?? []).filter((action) => {
      const [prefix, operation] = action.split(":") as [string, string];
      return !NO_CHANGE.test(operation) && this.takes(prefix, operation, leaf);
    });
    const words = own.split("::").pop()!.toLowerCase();
    const score = (action: string) => {
      const noun = action
        .split(":")[1]!
        .replace(/^[A-Z][a-z]+/, "")
        .toLowerCase();
      return (words.includes(noun) || noun.includes(words) ? 1000 : 0) - noun.length;
    };
    return taking.sort((a, b) => score(b) - score(a))[0];
  }

  private takes(prefix: string, operation: string, leaf: string): boolean {
    const model = this.modelOf(FOLDERS[prefix] ?? prefix);
    const shape = model?.operations[operation]?.input?.shape;
    return shape !== undefined && namesIn(model!, shape).has(leaf);
  }

  private modelOf(service: string): Model | undefined {
    if (!this.read.has(service)) {
      const folder = path.join(this.folder, service);
      const versions = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
      const file = path.join(folder, versions.at(-1) ?? "", "service-2.json.gz");
      const text = fs.existsSync(file) ? zlib.gunzipSync(fs.readFileSync(file)).toString() : "";
      this.read.set(service, text === "" ? undefined : (JSON.parse(text) as Model));
    }
    return this.read.get(service);
  }
}

/** The names of everything that a shape holds, in lower case. */
function namesIn(model: Model, shape: string): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const walk = (at: string) => {
    if (seen.has(at)) return;
    seen.add(at);
    const { members = {}, member, value } = model.shapes[at]!;
    for (const [name, { shape: inner }] of Object.entries(members)) {
      names.add(name.toLowerCase());
      walk(inner);
    }
    for (const inner of [member, value]) if (inner) walk(inner.shape);
  };
  walk(shape);
  return names;
}
