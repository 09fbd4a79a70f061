/** Policies of queues: who may send from outside IAM, and only over TLS. */
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import { policyDocument, tlsOnly, type Statement } from "../../platform/policy-documents";

/** The policy of a queue that some topics, and roles by their own policies, send to. */
export function queuePolicy(arns: Arns, queueArn: string, topicArns: readonly string[]): string {
  const topics: Statement[] =
    topicArns.length === 0
      ? []
      : [
          {
            sid: "SentByTopics",
            principals: { services: [SERVICE_PRINCIPALS.sns] },
            actions: ["sqs:SendMessage"],
            resources: [queueArn],
            conditions: {
              StringEquals: { "aws:SourceAccount": arns.accountId },
              ArnEquals: { "aws:SourceArn": topicArns },
            },
          },
        ];
  return policyDocument(tlsOnly([queueArn], ["sqs:*"]), ...topics);
}
