/** AWS services that publish to the platform's topics by themselves, and how each is held to this account. */
import { SERVICE_PRINCIPALS } from "../facts/service-principals";
import type { Arns } from "./arns";
import type { Conditions, KeyServiceGrant, Statement } from "./policy-documents";

/** The services, by the word that the stack file uses. */
export const PUBLISHERS = [
  "cloudwatch",
  "events",
  "rds",
  "backup",
  "budgets",
  "costalerts",
  "elasticache",
] as const;

/** A service that may publish to a topic. */
export type Publisher = (typeof PUBLISHERS)[number];

/**
 * ElastiCache cannot publish to an encrypted topic: its first message makes the subscription inactive,
 * without an error (ElastiCache User Guide, "Event notifications and Amazon SNS").
 */
export const NEEDS_PLAIN_TOPIC: readonly Publisher[] = ["elasticache"];

const PRINCIPALS: Record<Exclude<Publisher, "elasticache">, string> = {
  cloudwatch: SERVICE_PRINCIPALS.cloudwatch,
  events: SERVICE_PRINCIPALS.events,
  rds: SERVICE_PRINCIPALS.rdsEvents,
  backup: SERVICE_PRINCIPALS.backup,
  budgets: SERVICE_PRINCIPALS.budgets,
  costalerts: SERVICE_PRINCIPALS.costAlerts,
};

/** The topic policy's statement for a publisher. */
export function publisherStatement(arns: Arns, publisher: Publisher, topicArn: string): Statement {
  const sid = `PublishedBy${publisher.charAt(0).toUpperCase()}${publisher.slice(1)}`;
  if (publisher === "elasticache") {
    // ElastiCache has no principal of its own here and knows neither SourceAccount nor SourceArn
    // (ElastiCache User Guide, "Managing ElastiCache Amazon SNS notifications").
    return {
      sid,
      principals: "*",
      actions: ["sns:Publish"],
      resources: [topicArn],
      conditions: { StringEquals: { "aws:SourceOwner": arns.accountId } },
    };
  }
  return {
    sid,
    principals: { services: [PRINCIPALS[publisher]] },
    actions: ["sns:Publish"],
    resources: [topicArn],
    conditions: topicConditions(arns, publisher),
  };
}

/** The key's grants for the publishers of encrypted topics. */
export function publisherGrants(arns: Arns, publishers: readonly Publisher[]): KeyServiceGrant[] {
  const encrypted = PUBLISHERS.filter(
    (publisher): publisher is Exclude<Publisher, "elasticache"> =>
      publisher !== "elasticache" && publishers.includes(publisher),
  );
  return encrypted.map((publisher) => ({
    service: PRINCIPALS[publisher],
    actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
    ...(publisher === "events" && {
      // A key policy with SourceAccount or SourceArn stops EventBridge from reaching an encrypted topic (SNS Developer
      // Guide, "Managing Amazon SNS encryption keys and costs"); the topic's own policy names this account's rules. The
      // page shows no other key either: docs/decisions.md, "Grants that only an account proves".
      conditions: { StringEquals: { "kms:ViaService": `sns.${arns.region}.amazonaws.com` } },
    }),
  }));
}

function topicConditions(arns: Arns, publisher: Exclude<Publisher, "elasticache">): Conditions {
  const account = { StringEquals: { "aws:SourceAccount": arns.accountId } };
  switch (publisher) {
    case "cloudwatch":
      return {
        ...account,
        ArnLike: { "aws:SourceArn": arns.alarm("*") },
      };
    case "events":
      // EventBridge gives the rule's ARN, not the account.
      return { ArnLike: { "aws:SourceArn": arns.regional("events", "rule/*") } };
    case "rds":
      return { ...account, ArnLike: { "aws:SourceArn": arns.regional("rds", "*") } };
    case "budgets":
      return { ...account, ArnLike: { "aws:SourceArn": arns.global("budgets", "*") } };
    case "backup":
    case "costalerts":
      return account;
  }
}
