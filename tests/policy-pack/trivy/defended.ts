/**
 * Where the pack and Trivy differ and the pack stays as it is, by check and example, with the reason, its source and who
 * judged it. Examples of aquasecurity/trivy-checks at 80e5382.
 */
import type { Verdict } from "../checkov/defended";

export const DEFENDED: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  "AWS-0004": {
    "good 3": {
      reason:
        "The pack is right: OPTION is no method of API Gateway. By OPTIONS a browser asks without credentials, and that passes.",
      source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html",
      judged: "independent review 2026-11-29",
    },
  },
  "AWS-0007": {
    "bad 2": {
      reason:
        "The pack is right: AWS enforces the configuration of a workgroup that is created with a name alone, as the provider's test against AWS reads it. In the console the option is not selected.",
      source:
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/athena/workgroup_test.go (TestAccAthenaWorkGroup_basic)",
      judged: "independent review 2026-11-29",
    },
  },
  "AWS-0096": {
    "bad 1": {
      reason:
        "The pack is right: SQS encrypts a queue that is created without attributes of encryption with its own keys.",
      source:
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html",
      judged: "independent review 2026-11-29",
    },
  },
};
