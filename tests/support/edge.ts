/** The edge as index.ts wires it, for tests: logs, DNS and certificates, firewall, distributions and records. */
import * as vm from "node:vm";

import * as pulumi from "@pulumi/pulumi";

import { edgeFunctionCode, type EdgeFunction } from "../../components/edge/cloudfront-functions";
import { CrmDns } from "../../components/edge/dns";
import { CrmEdge } from "../../components/edge/edge";
import { CrmEdgeLogs } from "../../components/edge/edge-logs";
import { CrmFirewall } from "../../components/edge/firewall";
import { hasDistributions } from "../../schema/distribution";
import { edgeSchema, type EdgeConfig } from "../../schema/edge";
import type { PublicRoutes } from "../../schema/services";
import { ACCOUNT_ID, arns, names, tags } from "./fixtures";
import { record, type Recording, type RecordOptions } from "./mocks";

/** The section as the schema completes it: production's domain, and a change. */
export function edgeConfig(change: Record<string, any> = {}): EdgeConfig {
  return edgeSchema.parse({ domain: "crm-consulting.com", ...change });
}

/** What the recovery stack says. */
export const SECONDARY = { role: "secondary", zone: { id: "Z0PRIMARYZONE" } };

/** The components of a plan. */
export interface Edge {
  /** None without a domain. */
  readonly dns: CrmDns | undefined;
  readonly firewall: CrmFirewall;
  readonly edge: CrmEdge;
}

export interface EdgeOptions extends RecordOptions {
  /** @default us-east-1 */
  readonly region?: string;
  /** @default none */
  readonly originSecret?: string;
  /** Hosts of services, and whether one speaks gRPC. @default none */
  readonly services?: PublicRoutes;
  /** Certificate of the load balancer that exists. @default none */
  readonly certificateArn?: string;
  /** @default true */
  readonly assetsCopy?: boolean;
  /** What must be there before names lead to the load balancer. @default nothing */
  readonly startAfter?: () => readonly pulumi.Resource[];
  readonly made?: (edge: Edge) => void;
}

/** The registrations of the edge's components for a configuration. */
export async function planEdge(
  config: EdgeConfig = edgeConfig(),
  options: EdgeOptions = {},
): Promise<Recording> {
  return record(() => {
    const edge = wire(config, options);
    options.made?.(edge);
  }, options);
}

function wire(config: EdgeConfig, options: EdgeOptions): Edge {
  const scope = arns.inRegion(options.region ?? "us-east-1");
  const common = { names, tags: tags("edge") };
  const keyDeletionWindowDays = 30;
  const logs = new CrmEdgeLogs("crm-edge-logs", {
    ...common,
    config,
    logsKey: { arn: `arn:aws:kms:${scope.region}:${ACCOUNT_ID}:key/logs` },
    keyDeletionWindowDays,
    protect: config.protect,
    arns: scope,
  });
  const { domain } = config;
  const dns =
    domain === undefined
      ? undefined
      : new CrmDns("crm-dns", {
          ...common,
          config,
          domain,
          services: options.services,
          certificateArn: options.certificateArn,
          logs,
          keyDeletionWindowDays,
          arns: scope,
        });
  const firewall = new CrmFirewall("crm-firewall", {
    ...common,
    config,
    originSecret: options.originSecret,
    logs,
    region: scope.region,
  });
  const west = { bucketName: "crm-frontend-assets-backup-west", region: "us-west-2" };
  const edge = new CrmEdge("crm-edge", {
    ...common,
    config,
    dns,
    startAfter: options.startAfter?.(),
    loadBalancer: {
      arn: arns.regional("elasticloadbalancing", "loadbalancer/app/crm-production-alb/1"),
      listener: firewall,
      dnsName: pulumi.output("crm-production-alb-1.us-east-1.elb.amazonaws.com"),
      zoneId: pulumi.output("Z35SXDOTRQ7X7K"),
    },
    distributed: !hasDistributions(config)
      ? undefined
      : {
          viewerCertificateArn: dns?.viewerCertificateArn,
          webAclArn: firewall.edgeAcl?.arn,
          originHeader: firewall.originHeader,
          assets: { bucketName: names.bucket("frontend-assets"), region: scope.region },
          assetsCopy: options.assetsCopy === false ? undefined : west,
          assetsStartAfter: [],
          rules: [],
          accessLogsBucketArn: arns.bucket(names.bucket("access-logs")),
          logsStartAfter: [],
        },
  });
  return { dns, firewall, edge };
}

/** The application's, of production. */
export const APP_ORIGIN = "https://app.crm-consulting.com";

/** Runs a CloudFront Function's code on an event, as the edge does, without anything of Node in reach. */
export function runEdgeFunction(name: EdgeFunction, event: Record<string, any>): any {
  const context = vm.createContext({ event: structuredClone(event) });
  const result = vm.runInContext(
    `${edgeFunctionCode(name, { appOrigin: APP_ORIGIN })}\n;JSON.stringify(handler(event));`,
    context,
  );
  return JSON.parse(result as string);
}
