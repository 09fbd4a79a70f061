import { serverRules } from "../../../policy-pack/rules/servers";
import { ruleOf } from "../rows";
import {
  type Row,
  ruleTable,
  type Sample,
  UNKNOWN_FLAG,
  UNKNOWN_LIST,
  UNKNOWN_TEXT,
} from "../support";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";
const rule = (id: string) => ruleOf(serverRules, id);
const otherType = { otherType: "a role", type: "aws:iam/role:Role" };

/** An instance that says nothing but its template, and the template. */
const launched = (template: object, instance: object = {}): Sample[] => [
  { type: TEMPLATE, name: "template", props: { ...template } },
  {
    type: INSTANCE,
    name: "server",
    props: { launchTemplate: { id: UNKNOWN_TEXT, version: "$Latest" }, ...instance },
    references: { launchTemplate: ["template"] },
  },
];
/** An instance of a template that is somebody else's. */
const FOREIGN: Sample = { type: INSTANCE, props: { launchTemplate: { id: "lt-0123456789" } } };

describe("policy pack: servers", () => {
  const metadata = (options: unknown, type = INSTANCE) => ({
    type,
    props: { metadataOptions: options },
  });
  const defaults = (httpTokens: string): Sample => ({
    type: "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    props: { httpTokens },
  });
  ruleTable(rule("ec2-imdsv2"), [
    { compliant: "tokens", ...metadata({ httpTokens: "required" }) },
    { compliant: "nothing to ask", ...metadata({ httpEndpoint: "disabled" }, TEMPLATE) },
    { violating: "without a word", type: CONFIGURATION, says: /metadataOptions is not set/ },
    { violating: "tokens or none", ...metadata({ httpTokens: "optional" }), says: /httpTokens/ },
    { unknown: "options", ...metadata(UNKNOWN_TEXT) },
    { unknown: "tokens", ...metadata({ httpTokens: UNKNOWN_TEXT }) },
    { unknown: "endpoint", ...metadata({ httpEndpoint: UNKNOWN_TEXT }) },
    {
      compliant: "what its template sets",
      resources: launched({ metadataOptions: { httpTokens: "required" } }),
    },
    {
      violating: "another than its template",
      resources: launched(
        { metadataOptions: { httpTokens: "required" } },
        { metadataOptions: { httpTokens: "optional" } },
      ),
      says: /metadataOptions.httpTokens is "optional"/,
    },
    { violating: "the template", resources: launched({}), says: /metadataOptions is not set/ },
    { unknown: "somebody else's template", resources: [FOREIGN] },
    {
      compliant: "the account's default",
      resources: [{ type: INSTANCE }, { type: TEMPLATE }, defaults("required")],
    },
    {
      violating: "another than the account's default",
      resources: [metadata({ httpTokens: "optional" }), defaults("required")],
      says: /httpTokens is "optional"/,
    },
    {
      violating: "no default",
      resources: [{ type: INSTANCE }, defaults("no-preference")],
      says: /metadataOptions is not set/,
    },
    { unknown: "default", resources: [{ type: INSTANCE }, defaults(UNKNOWN_TEXT)] },
    otherType,
  ]);
  ruleTable(rule("ec2-no-public-ip"), [
    { compliant: "without a word", type: INSTANCE },
    {
      violating: "a server's",
      type: INSTANCE,
      props: { associatePublicIpAddress: true },
      says: /associatePublicIpAddress is true/,
    },
    {
      violating: "a template's",
      type: TEMPLATE,
      props: { networkInterfaces: [{ associatePublicIpAddress: "true" }] },
      says: /networkInterfaces\[0\]/,
    },
    { unknown: "switch", type: INSTANCE, props: { associatePublicIpAddress: UNKNOWN_FLAG } },
    { unknown: "interfaces", type: TEMPLATE, props: { networkInterfaces: UNKNOWN_LIST } },
    otherType,
  ]);
  const disk = (ebs: object): Sample => ({
    type: CONFIGURATION,
    props: { rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ ...ebs }] },
  });
  const disks: Row[] = [
    {
      compliant: "encrypted",
      resources: [
        {
          type: INSTANCE,
          props: { rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ encrypted: true }] },
        },
      ],
    },
    {
      compliant: "by the account's default",
      resources: [{ type: INSTANCE }, { type: "aws:ebs/encryptionByDefault:EncryptionByDefault" }],
    },
    {
      compliant: "a template's, and the host's own",
      resources: [
        {
          type: TEMPLATE,
          props: { blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { virtualName: "e0" }] },
        },
      ],
    },
    {
      violating: "what the image has",
      resources: [{ type: INSTANCE }],
      says: /rootBlockDevice is not set/,
    },
    {
      violating: "a template's",
      resources: [{ type: TEMPLATE, props: { blockDeviceMappings: [{ ebs: {} }] } }],
      says: /blockDeviceMappings\[0\].ebs.encrypted is not true/,
    },
    {
      compliant: "what its template sets",
      resources: launched({ blockDeviceMappings: [{ ebs: { encrypted: "true" } }] }),
    },
    {
      violating: "what neither it nor its template sets",
      resources: launched({}),
      says: /rootBlockDevice is not set/,
    },
    { unknown: "somebody else's template", resources: [FOREIGN] },
    { unknown: "its template's disks", resources: launched({ blockDeviceMappings: UNKNOWN_LIST }) },
    {
      unknown: "the default",
      resources: [
        { type: INSTANCE },
        {
          type: "aws:ebs/encryptionByDefault:EncryptionByDefault",
          props: { enabled: UNKNOWN_FLAG },
        },
      ],
    },
    {
      violating: "the default is off",
      resources: [
        { type: INSTANCE },
        { type: "aws:ebs/encryptionByDefault:EncryptionByDefault", props: { enabled: false } },
      ],
      says: /rootBlockDevice is not set/,
    },
    { unknown: "a snapshot", resources: [disk({ snapshotId: "snap-0123456789" })] },
    {
      unknown: "a template's snapshot",
      resources: [
        { type: TEMPLATE, props: { blockDeviceMappings: [{ ebs: { snapshotId: UNKNOWN_TEXT } }] } },
      ],
    },
    { compliant: "a disk taken away", resources: [disk({ noDevice: true })] },
    {
      compliant: "a template's disk taken away",
      resources: [
        { type: TEMPLATE, props: { blockDeviceMappings: [{ noDevice: "true", ebs: {} }] } },
      ],
    },
    {
      violating: "a disk not taken away",
      resources: [disk({ noDevice: false })],
      says: /ebsBlockDevices\[0\].encrypted is not true/,
    },
    { unknown: "whether a disk is taken away", resources: [disk({ noDevice: UNKNOWN_FLAG })] },
    { unknown: "a disk's switch", resources: [disk({ encrypted: UNKNOWN_FLAG })] },
    {
      unknown: "disks",
      resources: [{ type: TEMPLATE, props: { blockDeviceMappings: UNKNOWN_LIST } }],
    },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ];
  ruleTable(rule("ec2-disks-encrypted"), disks);
  const data = (userData: string) => ({ type: INSTANCE, props: { userData } });
  // Made up here, so that no scanner takes the test for a leak.
  const key = `AKIA${"ABCD".repeat(4)}`;
  ruleTable(rule("ec2-no-user-data-secrets"), [
    { compliant: "a script", ...data("#!/bin/bash\nyum update -y") },
    { violating: "a key", ...data(`export AWS_ACCESS_KEY_ID=${key}`), says: /holds an access key/ },
    {
      violating: "a key in base 64",
      type: TEMPLATE,
      props: { userData: Buffer.from(`key=${key}`).toString("base64") },
      says: /holds an access key/,
    },
    {
      compliant: "a word that begins like a key",
      ...data(`echo ${key.toLowerCase()}`),
    },
    {
      violating: "a secret key in capitals",
      ...data(`AWS_SECRET_ACCESS_KEY="${"aB3/".repeat(10)}"`),
      says: /userData holds an access key/,
    },
    {
      violating: "a token of a forge",
      ...data(`git clone https://ghp_${"a1".repeat(10)}@example.com/crm`),
      says: /another value that looks like a secret/,
    },
    {
      violating: "a private key",
      ...data(`cat <<END\n-----BEGIN ${"RSA"} PRIVATE KEY-----`),
      says: /userData holds/,
    },
    {
      compliant: "a URL whose password is a variable",
      ...data("git clone https://crm:${TOKEN}@example.com/crm https://crm:$TOKEN@example.com/b"),
    },
    // Trivy's AWS-0122, bad 1, and what scripts do instead.
    {
      violating: "a password",
      ...data('#!/bin/sh\n  export DATABASE_PASSWORD=\\"SomeSortOfPassword\\"'),
      says: /userData holds/,
    },
    {
      compliant: "secrets that are read at the start",
      ...data(
        'DB_PASSWORD="$(aws ssm get-parameter --name p)"\nexport API_KEY=$KEY\nPRIVATE_KEY=/run/key.pem\nUSE_TOKEN=true\nTOKEN=`cat t`\nexport AWS_ACCESS_KEY_ID=FOO\nPASSWORD=%s\nK3S_TOKEN=@TOKEN@\nAUTH_TOKEN=%{token}\nPASSPHRASE=***',
      ),
    },
    { unknown: "the script", ...data(UNKNOWN_TEXT) },
    otherType,
  ]);
  ruleTable(rule("ec2-detailed-monitoring"), [
    { compliant: "on", type: INSTANCE, props: { monitoring: true } },
    { violating: "without a word", type: INSTANCE, says: /monitoring is not set/ },
    { unknown: "the switch", type: INSTANCE, props: { monitoring: UNKNOWN_FLAG } },
    {
      compliant: "what its template sets",
      resources: launched({ monitoring: { enabled: true } }),
    },
    {
      violating: "the template",
      resources: launched({}),
      says: /monitoring.enabled is not set/,
    },
    {
      violating: "another than its template",
      resources: launched({ monitoring: { enabled: true } }, { monitoring: false }),
      says: /monitoring is false/,
    },
    { unknown: "somebody else's template", resources: [FOREIGN] },
    otherType,
  ]);
});
