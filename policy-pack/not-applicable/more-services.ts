/** Controls of other services without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "APIGateway.1",
    reason:
      "Execution logs are set per method (loggingLevel of aws.apigateway.MethodSettings) or route, and need an account-wide role: a stage alone does not show them. Access logs are judged by api-stage-logged.",
  },
];
