/** A plan as a picture: every box, line and row is derived from resources and what they refer to. */
import { closedComponents } from "../../analysis/plan/tree";
import { entryOf } from "../../facts/entry-of";
import { Builder } from "./builder";
import { addDataEdges } from "./edges-data";
import { addEventEdges } from "./edges-events";
import { addRequestEdges } from "./edges-request";
import { compare, type PlanPart } from "./lookup";
import type { Picture } from "./model";
import { networkOf } from "./network";
import { addDataNodes } from "./nodes-data";
import { addEventNodes } from "./nodes-events";
import { addRequestNodes } from "./nodes-request";

/** What supporting resources are called, by the service of their type. */
const FAMILIES: Readonly<Record<string, string>> = {
  acm: "certificates",
  appautoscaling: "scaling",
  backup: "backup settings",
  budgets: "cost control",
  cloudfront: "CloudFront policies",
  cloudwatch: "logs and alarms",
  costexplorer: "cost control",
  ec2: "routes and security groups",
  ecr: "image settings",
  ecs: "ECS settings",
  elasticache: "database settings",
  iam: "roles and policies",
  kms: "encryption keys",
  lambda: "function settings",
  lb: "load balancer settings",
  random: "secrets",
  rds: "database settings",
  route53: "DNS records",
  s3: "bucket settings",
  scheduler: "schedule groups",
  secretsmanager: "secrets",
  servicequotas: "quotas",
  sns: "topic policies",
  sqs: "queue policies",
  ssm: "secrets",
  vpc: "routes and security groups",
  wafv2: "firewall settings",
  xray: "tracing",
};

/** The picture of a plan. */
export function pictureOf(plan: PlanPart): Picture {
  const builder = new Builder(plan);
  const { lookup } = builder;
  addRequestNodes(builder);
  addDataNodes(builder);
  addEventNodes(builder);
  addRequestEdges(builder);
  addEventEdges(builder);
  addDataEdges(builder);
  const network = networkOf(lookup);
  const supporting = lookup.supporting();
  const families = new Map<string, number>();
  for (const { type } of supporting) {
    const service = type.replace(/^aws:/, "").split(/[/:]/)[0]!;
    const name = entryOf(FAMILIES, service) ?? service;
    families.set(name, (families.get(name) ?? 0) + 1);
  }
  return {
    project: plan.project,
    stack: plan.stack,
    region: lookup.region(),
    nodes: builder.nodes(),
    edges: builder.edges(),
    network,
    planned: plan.resources.length,
    resources: lookup.managed().length,
    read: plan.resources.filter(({ external }) => external).length,
    supporting: supporting.length,
    notShown: closedComponents(plan.resources),
    families: [...families]
      .map(([name, count]) => ({ name, count }))
      .sort((one, other) => other.count - one.count || compare(one.name, other.name)),
  };
}
