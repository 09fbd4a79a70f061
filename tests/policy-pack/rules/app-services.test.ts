import { appServiceRules } from "../../../policy-pack/rules/app-services";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(appServiceRules, id);
const otherType = { otherType: "a role", type: "aws:iam/role:Role" };
const USER_POOL = "aws:cognito/userPool:UserPool";
const SERVER = "aws:transfer/server:Server";
const MACHINE = "aws:sfn/stateMachine:StateMachine";

/** One property: what is good, what is bad, what is said then, what is not known. */
const SINGLE: readonly (readonly [
  id: string,
  type: string,
  good: object,
  bad: object,
  says: RegExp,
  unknown: object,
])[] = [
  [
    "cognito-no-guests",
    "aws:cognito/identityPool:IdentityPool",
    {},
    { allowUnauthenticatedIdentities: true },
    /allowUnauthenticatedIdentities is true/,
    { allowUnauthenticatedIdentities: UNKNOWN_FLAG },
  ],
  [
    "cognito-deletion-protection",
    USER_POOL,
    { deletionProtection: "ACTIVE" },
    {},
    /deletionProtection is not set; set it to "ACTIVE"/,
    { deletionProtection: UNKNOWN_TEXT },
  ],
  [
    "sfn-traced",
    MACHINE,
    { tracingConfiguration: { enabled: true } },
    {},
    /tracingConfiguration.enabled is not set/,
    { tracingConfiguration: UNKNOWN_TEXT },
  ],
  [
    "transfer-not-public",
    SERVER,
    { endpointType: "VPC" },
    {},
    /endpointType is not set/,
    { endpointType: UNKNOWN_TEXT },
  ],
  [
    "transfer-connector-logged",
    "aws:transfer/connector:Connector",
    { loggingRole: "arn:aws:iam::123456789012:role/logs" },
    {},
    /loggingRole is not set/,
    {},
  ],
];

describe("policy pack: services for applications", () => {
  for (const [id, type, good, bad, says, unknown] of SINGLE) {
    // A role that is not known yet is a role.
    const passes = { ...unknown, loggingRole: UNKNOWN_TEXT };
    ruleTable(rule(id), [
      { compliant: "as it should be", type, props: { ...good } },
      { violating: "as it should not be", type, props: { ...bad }, says },
      id === "transfer-connector-logged"
        ? { unknown: "which role", passes: true, type, props: passes }
        : { unknown: "not known yet", type, props: { ...unknown } },
      otherType,
    ]);
  }

  const server = (props: object) => ({ type: SERVER, props: { ...props } });
  ruleTable(rule("transfer-security-policy"), [
    {
      compliant: "the latest",
      ...server({ securityPolicyName: "TransferSecurityPolicy-2025-03" }),
    },
    {
      compliant: "the latest with FIPS",
      ...server({ securityPolicyName: "TransferSecurityPolicy-FIPS-2025-03" }),
    },
    {
      compliant: "a later one",
      ...server({ securityPolicyName: "TransferSecurityPolicy-2034-01" }),
    },
    { violating: "the default", ...server({}), says: /securityPolicyName is not set/ },
    {
      violating: "an old one",
      ...server({ securityPolicyName: "TransferSecurityPolicy-FIPS-2020-06" }),
      says: /is "TransferSecurityPolicy-FIPS-2020-06"; set it to "TransferSecurityPolicy-2025-03"/,
    },
    {
      violating: "an experiment",
      ...server({ securityPolicyName: "TransferSecurityPolicy-PQ-SSH-Experimental-2023-04" }),
      says: /Experimental/,
    },
    { unknown: "policy", ...server({ securityPolicyName: UNKNOWN_TEXT }) },
    otherType,
  ]);
  ruleTable(rule("transfer-no-ftp"), [
    { compliant: "SFTP, by default", ...server({}) },
    { compliant: "FTPS", ...server({ protocols: ["SFTP", "FTPS"] }) },
    { violating: "FTP", ...server({ protocols: ["FTPS", "FTP"] }), says: /protocols has "FTP"/ },
    { unknown: "protocols", ...server({ protocols: UNKNOWN_LIST }) },
    { unknown: "a protocol", ...server({ protocols: ["SFTP", UNKNOWN_TEXT] }) },
    otherType,
  ]);

  const graphql = (props: object) => ({
    type: "aws:appsync/graphQLApi:GraphQLApi",
    props: { ...props },
  });
  const logs = (fieldLogLevel: string) => ({
    logConfig: { cloudwatchLogsRoleArn: UNKNOWN_TEXT, fieldLogLevel },
  });
  ruleTable(rule("appsync-logged"), [
    { compliant: "errors", ...graphql(logs("ERROR")) },
    { compliant: "all", ...graphql(logs("ALL")) },
    { violating: "nothing", ...graphql({}), says: /logConfig is not set/ },
    {
      violating: "nothing of fields",
      ...graphql(logs("NONE")),
      says: /fieldLogLevel is "NONE"; .* Required by AppSync.2, CKV_AWS_194/,
    },
    { unknown: "level", ...graphql(logs(UNKNOWN_TEXT)) },
    { unknown: "all of it", ...graphql({ logConfig: UNKNOWN_TEXT }) },
    otherType,
  ]);
  const keyed = { authenticationType: "API_KEY" };
  ruleTable(rule("appsync-no-api-key"), [
    { compliant: "signatures", ...graphql({ authenticationType: "AWS_IAM" }) },
    { violating: "a key", ...graphql(keyed), says: /authenticationType is "API_KEY"/ },
    {
      violating: "a key as well",
      ...graphql({
        authenticationType: "AWS_IAM",
        additionalAuthenticationProviders: [{ authenticationType: "OPENID_CONNECT" }, keyed],
      }),
      says: /additionalAuthenticationProviders\[1\].authenticationType is "API_KEY"/,
    },
    { unknown: "type", ...graphql({ authenticationType: UNKNOWN_TEXT }) },
    {
      unknown: "others",
      ...graphql({
        authenticationType: "AWS_IAM",
        additionalAuthenticationProviders: UNKNOWN_LIST,
      }),
    },
    otherType,
  ]);

  const pool = (props: object) => ({ type: USER_POOL, props: { ...props } });
  const protection = (advancedSecurityMode: string, customAuthMode?: string) => ({
    userPoolAddOns: {
      advancedSecurityMode,
      ...(customAuthMode && { advancedSecurityAdditionalFlows: { customAuthMode } }),
    },
  });
  ruleTable(rule("cognito-threat-protection"), [
    { compliant: "enforced", ...pool(protection("ENFORCED", "ENFORCED")) },
    { violating: "none", ...pool({}), says: /advancedSecurityMode is not set; .*Cognito.1, COG3/ },
    {
      violating: "observed",
      ...pool(protection("AUDIT", "ENFORCED")),
      says: /advancedSecurityMode is "AUDIT"/,
    },
    {
      violating: "not for custom authentication",
      ...pool(protection("ENFORCED")),
      says: /customAuthMode is not set; .* Required by Cognito.4\./,
    },
    { unknown: "mode", ...pool(protection(UNKNOWN_TEXT, "ENFORCED")) },
    otherType,
  ]);

  const strong = {
    ...{ minimumLength: 8, requireLowercase: true, requireUppercase: true },
    ...{ requireNumbers: true, requireSymbols: true },
  };
  const policy = (more: object) => pool({ passwordPolicy: { ...strong, ...more } });
  ruleTable(rule("cognito-password-policy"), [
    { compliant: "AWS's own", ...pool({}) },
    { compliant: "strong", ...policy({ temporaryPasswordValidityDays: 7 }) },
    {
      violating: "short",
      ...policy({ minimumLength: 6 }),
      says: /minimumLength is 6; set it to 8 or more/,
    },
    {
      violating: "length alone",
      ...pool({ passwordPolicy: { minimumLength: 12 } }),
      says: /requireUppercase is not set(.|\n)*requireNumbers(.|\n)*requireSymbols(.|\n)*requireLowercase is not set; .*Cognito.3/,
    },
    {
      violating: "temporary for a month",
      ...policy({ temporaryPasswordValidityDays: 30 }),
      says: /temporaryPasswordValidityDays is 30; .* Required by Cognito.3\./,
    },
    { unknown: "all of it", ...pool({ passwordPolicy: UNKNOWN_TEXT }) },
    { unknown: "a switch", ...policy({ requireSymbols: UNKNOWN_FLAG }) },
    otherType,
  ]);

  const factors = (...allowedFirstAuthFactors: string[]) => ({
    signInPolicy: { allowedFirstAuthFactors },
  });
  ruleTable(rule("cognito-mfa"), [
    { compliant: "required", ...pool({ mfaConfiguration: "ON" }) },
    { compliant: "offered", ...pool({ mfaConfiguration: "OPTIONAL" }) },
    {
      violating: "offered, where the setting requires it",
      ...pool({ mfaConfiguration: "OPTIONAL" }),
      config: { modes: ["ON"] },
      says: /mfaConfiguration is "OPTIONAL"; .* Required by COG2\./,
    },
    { violating: "by default", ...pool({}), says: /mfaConfiguration is not set; set it to "ON"/ },
    {
      violating: "passwords alone",
      ...pool({ mfaConfiguration: "OFF", ...factors("PASSWORD") }),
      says: /mfaConfiguration is "OFF"/,
    },
    { compliant: "passkeys", ...pool(factors("PASSWORD", "WEB_AUTHN")) },
    {
      violating: "passkeys, where the setting requires it",
      ...pool(factors("PASSWORD", "WEB_AUTHN")),
      config: { modes: ["ON"] },
      says: /mfaConfiguration is not set; .* Required by COG2\./,
    },
    { unknown: "mode", ...pool({ mfaConfiguration: UNKNOWN_TEXT }) },
    { unknown: "factors", ...pool({ signInPolicy: UNKNOWN_TEXT }) },
    otherType,
  ]);

  const machine = (level?: string) => ({
    type: MACHINE,
    props: { ...(level && { loggingConfiguration: { level, logDestination: UNKNOWN_TEXT } }) },
  });
  ruleTable(rule("sfn-logged"), [
    { compliant: "all", ...machine("ALL") },
    { compliant: "errors", ...machine("ERROR") },
    { violating: "nothing", ...machine(), says: /loggingConfiguration.level is not set/ },
    { violating: "off", ...machine("OFF"), says: /loggingConfiguration.level is "OFF"/ },
    {
      violating: "errors, where the setting requires all",
      ...machine("ERROR"),
      config: { levels: ["ALL"] },
      says: /is "ERROR"; set it to "ALL"\. Required by SF1\./,
    },
    { unknown: "level", ...machine(UNKNOWN_TEXT) },
    otherType,
  ]);
});
