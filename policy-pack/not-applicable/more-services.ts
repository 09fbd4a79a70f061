/** Controls of other services without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "AppSync.1",
    reason: "Retired: AppSync encrypts every cache.",
  },
  {
    control: "AppSync.6",
    reason: "Retired: AppSync encrypts every cache in transit.",
  },
  {
    control: "CKV_AWS_214",
    reason: "AppSync encrypts every cache; Security Hub has retired the control AppSync.1.",
  },
  {
    control: "CKV_AWS_215",
    reason: "AppSync encrypts every cache in transit; Security Hub has retired AppSync.6.",
  },
  {
    control: "ASC3",
    reason:
      "Beside the logs, which appsync-logged requires, it refuses excludeVerboseContent, which keeps headers and data out of them.",
  },
  {
    control: "COG4",
    reason:
      "Cognito is one of four authorizers of an API; api-method-authorized requires any of them.",
  },
  {
    control: "CKV2_AWS_70",
    reason:
      "The check judges OPTIONS alone, by which a browser asks without credentials what it may send; all other methods are judged by api-method-authorized.",
  },
  {
    control: "CKV_AWS_120",
    reason: "A cache is a choice for speed; it costs by the hour and may serve old data.",
  },
  {
    control: "CKV_AWS_225",
    reason: "A cache is a choice for speed; it costs by the hour and may serve old data.",
  },
  {
    control: "AWS-0190",
    reason: "A cache is a choice for speed; it costs by the hour and may serve old data.",
  },
  {
    control: "CKV_AWS_285",
    reason:
      "With includeExecutionData the logs hold the data of customers; sfn-logged requires the logs without it.",
  },
];
