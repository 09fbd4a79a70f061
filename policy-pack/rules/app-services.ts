/** Services for applications: GraphQL APIs, users, state machines, file transfer. */
import { items, read, UNKNOWN } from "../../analysis/properties";
import { TRANSFER_POLICY } from "../../facts/tls-policies";
import { type Controls, expect, isNotTrue, isTrue, resourceRule, type Rule } from "../define";
import { isSet, itemPaths, propertyRule, setRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const GRAPHQL_API = "aws:appsync/graphQLApi:GraphQLApi";
const USER_POOL = "aws:cognito/userPool:UserPool";
const STATE_MACHINE = "aws:sfn/stateMachine:StateMachine";
const SERVER = "aws:transfer/server:Server";

/** Rules that ask for one value of one property. */
const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "cognito-no-guests",
    description: "An identity pool gives AWS credentials to authenticated users alone.",
    severity: "medium",
    controls: { securityHub: ["Cognito.2"], cdkNag: ["COG7"], checkov: ["CKV_AWS_366"] },
    remediation: "Remove allowUnauthenticatedIdentities, or set it to false.",
    url: `${GUIDE}/cognito-controls.html#cognito-2`,
    types: ["aws:cognito/identityPool:IdentityPool"],
    property: "allowUnauthenticatedIdentities",
    accepts: isNotTrue,
    fix: "set it to false",
  },
  {
    id: "cognito-deletion-protection",
    description: "A user pool has deletion protection.",
    severity: "medium",
    controls: { securityHub: ["Cognito.6"] },
    remediation: 'Set deletionProtection to "ACTIVE".',
    url: `${GUIDE}/cognito-controls.html#cognito-6`,
    types: [USER_POOL],
    property: "deletionProtection",
    accepts: (value) => value === "ACTIVE",
    fix: 'set it to "ACTIVE"',
  },
  {
    id: "sfn-traced",
    description: "The executions of a state machine are traced.",
    severity: "low",
    controls: { cdkNag: ["SF2"], checkov: ["CKV_AWS_284"] },
    remediation: "Set tracingConfiguration.enabled to true.",
    url: "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html",
    types: [STATE_MACHINE],
    property: "tracingConfiguration.enabled",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "transfer-not-public",
    description: "A server for file transfer has its endpoint in a VPC.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_164"] },
    remediation: 'Set endpointType to "VPC", and endpointDetails.',
    url: "https://docs.aws.amazon.com/transfer/latest/userguide/create-server-in-vpc.html",
    types: [SERVER],
    property: "endpointType",
    accepts: (value) => value === "VPC" || value === "VPC_ENDPOINT",
    fix: 'set it to "VPC"',
  },
  {
    id: "transfer-security-policy",
    description: "A server for file transfer has one of AWS's latest security policies.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_380"] },
    remediation: `Set securityPolicyName to "${TRANSFER_POLICY.name}".`,
    url: TRANSFER_POLICY.source,
    types: [SERVER],
    property: "securityPolicyName",
    // By default it is of 2018.
    accepts: (value) =>
      typeof value === "string" &&
      (TRANSFER_POLICY.pattern.exec(value)?.[1] ?? "") >= TRANSFER_POLICY.latest,
    fix: `set it to "${TRANSFER_POLICY.name}"`,
  },
];

const graphqlLogged = resourceRule({
  id: "appsync-logged",
  description: "A GraphQL API logs its requests, and the errors of their fields.",
  severity: "medium",
  controls: { securityHub: ["AppSync.2"], checkov: ["CKV_AWS_193", "CKV_AWS_194"] },
  remediation: 'Set logConfig with cloudwatchLogsRoleArn and fieldLogLevel "ERROR".',
  url: `${GUIDE}/appsync-controls.html#appsync-2`,
  types: [GRAPHQL_API],
  check(subject, report) {
    const isOn = (level: unknown) => level !== undefined && level !== "NONE";
    if (!isSet(subject.properties, "logConfig")) {
      report.violation(
        'logConfig is not set; set cloudwatchLogsRoleArn and fieldLogLevel: "ERROR" in it.',
      );
      return;
    }
    expect(subject, report, "logConfig.fieldLogLevel", isOn, 'set it to "ERROR"', () => ({
      securityHub: ["AppSync.2"],
      checkov: ["CKV_AWS_194"],
    }));
  },
});

const graphqlKeys = resourceRule({
  id: "appsync-no-api-key",
  description:
    "A GraphQL API authorizes its callers; an API key is a value that every client of it has.",
  severity: "high",
  controls: { securityHub: ["AppSync.5"] },
  remediation:
    'Set authenticationType, and that of each of additionalAuthenticationProviders, to "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT" or "AWS_LAMBDA".',
  url: `${GUIDE}/appsync-controls.html#appsync-5`,
  types: [GRAPHQL_API],
  check(subject, report) {
    const isNoKey = (type: unknown) => type !== "API_KEY";
    const others = itemPaths(subject.properties, "additionalAuthenticationProviders", report);
    for (const path of ["", ...others.map((other) => `${other}.`)]) {
      expect(subject, report, `${path}authenticationType`, isNoKey, 'set it to "AWS_IAM"');
    }
  },
});

const threatProtection = resourceRule({
  id: "cognito-threat-protection",
  description: "A user pool acts on compromised passwords and suspicious sign-ins.",
  severity: "medium",
  controls: { securityHub: ["Cognito.1", "Cognito.4"], cdkNag: ["COG3"] },
  remediation:
    'Set userPoolTier to "PLUS", userPoolAddOns.advancedSecurityMode and userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode to "ENFORCED".',
  url: `${GUIDE}/cognito-controls.html#cognito-1`,
  types: [USER_POOL],
  check(subject, report) {
    const isEnforced = (mode: unknown) => mode === "ENFORCED";
    const fix = 'set it to "ENFORCED"';
    const add = "userPoolAddOns";
    expect(subject, report, `${add}.advancedSecurityMode`, isEnforced, fix, () => ({
      securityHub: ["Cognito.1"],
      cdkNag: ["COG3"],
    }));
    const custom = `${add}.advancedSecurityAdditionalFlows.customAuthMode`;
    expect(subject, report, custom, isEnforced, fix, () => ({ securityHub: ["Cognito.4"] }));
  },
});

/** Of a password: what it must have, and whether only Security Hub asks for it. */
const PASSWORD: readonly (readonly [
  name: string,
  accepts: (value: unknown) => boolean,
  fix: string,
  breaks?: Controls,
])[] = [
  ["minimumLength", (length) => typeof length === "number" && length >= 8, "set it to 8 or more"],
  ...["requireUppercase", "requireNumbers", "requireSymbols"].map(
    (name) => [name, isTrue, "set it to true"] as const,
  ),
  ["requireLowercase", isTrue, "set it to true", { securityHub: ["Cognito.3"] }],
  [
    "temporaryPasswordValidityDays",
    // 0 stands for the default, which is 7.
    (days) => days === undefined || (typeof days === "number" && days <= 7),
    "set it to 7 or less",
    { securityHub: ["Cognito.3"] },
  ],
];

const passwords = resourceRule({
  id: "cognito-password-policy",
  description:
    "Passwords have at least 8 characters, of all four kinds; a temporary one is valid for a week.",
  severity: "medium",
  controls: { securityHub: ["Cognito.3"], cdkNag: ["COG1"] },
  remediation:
    "Remove passwordPolicy, or set minimumLength to at least 8, all its require switches to true and temporaryPasswordValidityDays to at most 7.",
  url: `${GUIDE}/cognito-controls.html#cognito-3`,
  types: [USER_POOL],
  check(subject, report) {
    // A pool without a policy gets such a one. Source: Amazon Cognito Developer Guide, "Use CreateUserPool with an
    // AWS SDK or CLI", a minimally configured user pool.
    const policy = read(subject.properties, "passwordPolicy");
    if (policy === UNKNOWN) {
      report.undecided("passwordPolicy");
    } else if (policy !== undefined) {
      for (const [name, accepts, fix, breaks] of PASSWORD) {
        expect(subject, report, `passwordPolicy.${name}`, accepts, fix, () => breaks);
      }
    }
  },
});

interface SecondFactor {
  /** Accepted values of mfaConfiguration: `OPTIONAL` leaves it to each user. */
  readonly modes: string[];
}

const secondFactor = resourceRule<SecondFactor>({
  id: "cognito-mfa",
  description: "A user pool with passwords as its only first factor has a second one.",
  severity: "medium",
  controls: { securityHub: ["Cognito.5"], cdkNag: ["COG2"] },
  remediation: 'Set mfaConfiguration to "ON", and softwareTokenMfaConfiguration.enabled to true.',
  url: `${GUIDE}/cognito-controls.html#cognito-5`,
  defaults: { modes: ["ON", "OPTIONAL"] },
  types: [USER_POOL],
  check(subject, report, { modes }) {
    const factors = items(read(subject.properties, "signInPolicy.allowedFirstAuthFactors"));
    const isAccepted = (mode: unknown) => typeof mode === "string" && modes.includes(mode);
    const mode = read(subject.properties, "mfaConfiguration");
    if (isAccepted(mode)) {
      return;
    }
    if (factors === UNKNOWN || factors.includes(UNKNOWN)) {
      report.undecided("signInPolicy.allowedFirstAuthFactors");
      return;
    }
    const others = factors.some((factor) => factor !== "PASSWORD");
    if (!others || !modes.includes("OPTIONAL")) {
      // Beside other first factors, or where a second one is offered, only COG2 asks for it of every user.
      expect(subject, report, "mfaConfiguration", isAccepted, 'set it to "ON"', () =>
        others || mode === "OPTIONAL" ? { cdkNag: ["COG2"] } : undefined,
      );
    }
  },
});

interface LogLevels {
  /** Accepted values of loggingConfiguration.level. */
  readonly levels: string[];
}

const stateMachineLogged = resourceRule<LogLevels>({
  id: "sfn-logged",
  description: "A state machine logs its executions.",
  severity: "medium",
  controls: { securityHub: ["StepFunctions.1"], cdkNag: ["SF1"] },
  remediation: 'Set loggingConfiguration with level "ALL" and logDestination.',
  url: `${GUIDE}/stepfunctions-controls.html#stepfunctions-1`,
  defaults: { levels: ["ALL", "ERROR", "FATAL"] },
  types: [STATE_MACHINE],
  check(subject, report, { levels }) {
    const isAccepted = (level: unknown) => typeof level === "string" && levels.includes(level);
    const level = read(subject.properties, "loggingConfiguration.level");
    expect(subject, report, "loggingConfiguration.level", isAccepted, 'set it to "ALL"', () =>
      level === undefined || level === "OFF" ? undefined : { cdkNag: ["SF1"] },
    );
  },
});

const transferEncrypted = resourceRule({
  id: "transfer-no-ftp",
  description: "A server for file transfer does not speak FTP, which encrypts nothing.",
  severity: "medium",
  controls: { securityHub: ["Transfer.2"], checkov: ["CKV_AWS_357"] },
  remediation: 'Remove "FTP" from protocols.',
  url: `${GUIDE}/transfer-controls.html#transfer-2`,
  types: [SERVER],
  check({ properties }, report) {
    const protocols = items(read(properties, "protocols"));
    if (protocols !== UNKNOWN && protocols.includes("FTP")) {
      report.violation('protocols has "FTP"; use "SFTP" or "FTPS".');
    } else if (protocols === UNKNOWN || protocols.includes(UNKNOWN)) {
      report.undecided("protocols");
    }
  },
});

const connectorLogged = setRule({
  id: "transfer-connector-logged",
  description: "A connector for file transfer logs what it sends and retrieves.",
  severity: "medium",
  controls: { securityHub: ["Transfer.3"] },
  remediation: "Set loggingRole to a role that Transfer Family assumes to write logs.",
  url: `${GUIDE}/transfer-controls.html#transfer-3`,
  types: ["aws:transfer/connector:Connector"],
  paths: ["loggingRole"],
  fix: "name a role",
});

export const appServiceRules: readonly Rule[] = [
  graphqlLogged,
  graphqlKeys,
  threatProtection,
  passwords,
  secondFactor,
  ...SINGLE.map(propertyRule),
  stateMachineLogged,
  transferEncrypted,
  connectorLogged,
];
