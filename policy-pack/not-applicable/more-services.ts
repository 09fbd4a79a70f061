/** Controls of services beyond the platform's own that no rule of their own answers. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "APIGateway.1",
    reason:
      "Execution logs are set by method (loggingLevel of aws.apigateway.MethodSettings) or route, and need a role of the whole account: no stage tells by itself. Access logs are judged by api-stage-logged.",
  },
];
