/**
 * Seconds for which a deployment of the pipeline has credentials: four hours, the most that the policy pack grants a role
 * (`iam-session-and-boundary`). A job of GitHub could last six.
 */
export const DEPLOYMENT_SESSION_SECONDS = 4 * 3600;
