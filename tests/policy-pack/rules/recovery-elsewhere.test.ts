/** What the recovery reads and proves in the other region. */
import { recoveryRules } from "../../../policy-pack/rules/recovery";
import { ruleTable, UNKNOWN_TEXT, type Sample } from "../support";

const [, , certificates, parameters, , standsAlone, watch] = recoveryRules;

const vault: Sample = {
  type: "aws:backup/vault:Vault",
  name: "copies",
  props: {
    name: "copies",
    region: "us-west-2",
    kmsKeyArn: "arn:aws:kms:us-west-2:123456789012:key/1",
  },
};
const otherType = { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] };

const EAST_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const listener: Sample = {
  type: "aws:lb/listener:Listener",
  props: { certificateArn: UNKNOWN_TEXT },
  references: { certificateArn: ["validation"] },
};
const validation: Sample = {
  type: "aws:acm/certificateValidation:CertificateValidation",
  name: "validation",
  props: { certificateArn: UNKNOWN_TEXT },
  references: { certificateArn: ["certificate"] },
};
const certificate = (props: Record<string, unknown> = {}): Sample => ({
  type: "aws:acm/certificate:Certificate",
  name: "certificate",
  props: {
    domainName: "origin.crm.example",
    subjectAlternativeNames: ["origin-primary.crm.example"],
    validationMethod: "DNS",
    ...props,
  },
});
const proof: Sample = {
  type: "aws:route53/record:Record",
  props: { name: UNKNOWN_TEXT, type: "CNAME" },
  references: { name: ["certificate"] },
};
const balancer = [vault, listener, validation];
const caa = (...records: string[]): Sample => ({
  type: "aws:route53/record:Record",
  props: { name: "crm.example", type: "CAA", records },
});

ruleTable(certificates!, [
  {
    compliant: "issued by ACM, a record for each host",
    resources: [...balancer, certificate(), proof, proof, caa('0 issue "amazon.com"')],
  },
  {
    compliant: "a stack without copies",
    resources: [{ ...listener, references: {}, props: { certificateArn: EAST_CERTIFICATE } }],
  },
  {
    compliant: "a certificate of the other region",
    resources: [
      vault,
      {
        ...listener,
        references: {},
        props: { certificateArn: EAST_CERTIFICATE.replace("us-east-1", "us-west-2") },
      },
    ],
  },
  {
    compliant: "a record that says nothing of issuers",
    resources: [
      ...balancer,
      certificate(),
      proof,
      proof,
      caa('0 iodef "mailto:security@crm.example"'),
    ],
  },
  {
    violating: "an imported certificate",
    resources: [...balancer, certificate({ privateKey: "key", certificateBody: "body" })],
    says: /its private key is not in us-west-2/,
  },
  {
    violating: "a certificate of a private authority in the first region",
    resources: [
      ...balancer,
      certificate({
        certificateAuthorityArn: "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/1",
        validationMethod: undefined,
      }),
    ],
    says: /its private authority is not in us-west-2/,
  },
  {
    violating: "a certificate that is proven by mail",
    resources: [...balancer, certificate({ validationMethod: "EMAIL" })],
    says: /proven by EMAIL, in us-west-2 too/,
  },
  {
    violating: "a host without a record",
    resources: [...balancer, certificate(), proof],
    says: /1 records prove the 2 hosts/,
  },
  {
    violating: "a zone that admits another issuer only",
    resources: [...balancer, certificate(), proof, proof, caa('0 issue "letsencrypt.org"')],
    says: /admits no issuer of Amazon's/,
  },
  {
    // ACM copies none, but another for the same hosts may be there.
    unknown: "a certificate in the first region that the stack did not create",
    resources: [
      vault,
      { ...listener, references: {}, props: { certificateArn: EAST_CERTIFICATE } },
    ],
  },
  {
    unknown: "the certificate's ARN comes from elsewhere",
    resources: [vault, { ...listener, references: {} }],
  },
  {
    unknown: "the way that it is proven",
    resources: [...balancer, certificate({ validationMethod: UNKNOWN_TEXT })],
  },
  {
    unknown: "its private authority",
    resources: [
      ...balancer,
      certificate({ certificateAuthorityArn: UNKNOWN_TEXT, validationMethod: undefined }),
    ],
  },
  {
    unknown: "its hosts",
    resources: [...balancer, certificate({ subjectAlternativeNames: UNKNOWN_TEXT }), proof],
  },
  {
    unknown: "a record that may be the proof",
    resources: [...balancer, certificate(), proof, { ...proof, references: {} }],
  },
  {
    unknown: "whom a zone admits",
    resources: [...balancer, certificate(), proof, proof, caa(UNKNOWN_TEXT)],
  },
  {
    unknown: "whom a zone admits beside Amazon",
    resources: [
      ...balancer,
      certificate(),
      proof,
      proof,
      caa('0 issue "amazon.com"', UNKNOWN_TEXT),
    ],
    passes: true,
  },
  otherType,
]);

const PARAMETER_ARN = "arn:aws:ssm:us-east-1:123456789012:parameter/crm/auth/jwt-secret";
const SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:crm-login-AbCdEf";
const task = (container: Record<string, unknown>): Sample => ({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  props: { containerDefinitions: JSON.stringify([container]) },
});
const reads = (valueFrom: string) => task({ secrets: [{ name: "SECRET", valueFrom }] });
const handler = (variables: Record<string, unknown>): Sample => ({
  type: "aws:lambda/function:Function",
  props: { environment: { variables } },
});
const made: Sample = {
  type: "aws:ssm/parameter:Parameter",
  props: { name: "/crm/auth/jwt-secret", value: UNKNOWN_TEXT },
};
const login = (replica?: string): Sample => ({
  type: "aws:secretsmanager/secret:Secret",
  name: "login",
  props: { name: "crm-login", ...(replica && { replicas: [{ region: replica }] }) },
});
const written = (ignoreChanges: string[] = []): Sample => ({
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  props: { secretId: UNKNOWN_TEXT },
  opts: { ignoreChanges },
  references: { secretId: ["login"] },
});
const restored: Sample = {
  type: "aws:rds/instance:Instance",
  props: {
    restoreToPointInTime: {
      sourceDbInstanceAutomatedBackupsArn: "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-1",
    },
  },
};

ruleTable(parameters!, [
  { compliant: "a parameter of the program", resources: [vault, made, reads(PARAMETER_ARN)] },
  { compliant: "by its name", resources: [vault, made, reads("/crm/auth/jwt-secret")] },
  {
    compliant: "a name of one word",
    resources: [
      vault,
      { ...made, props: { name: "flag" } },
      reads("arn:aws:ssm:us-east-1:123456789012:parameter/flag"),
    ],
  },
  {
    compliant: "a parameter of AWS",
    resources: [vault, handler({ AMI_PARAMETER: "/aws/service/ecs/optimized-ami" })],
  },
  {
    compliant: "a secret that is copied, and one key of it",
    resources: [vault, login("us-west-2"), reads(`${SECRET_ARN}:password::`)],
  },
  {
    compliant: "a secret that the program writes",
    resources: [vault, login(), written(), reads(SECRET_ARN)],
  },
  {
    compliant: "a function with a parameter of the program",
    resources: [
      vault,
      made,
      handler({ URL_PARAMETER: "/crm/auth/jwt-secret", BUCKET: "/crm/none", LATER: UNKNOWN_TEXT }),
    ],
  },
  { compliant: "a stack without copies", resources: [reads(PARAMETER_ARN)] },
  {
    violating: "a parameter that nobody makes",
    resources: [vault, reads(PARAMETER_ARN)],
    says: /reads \/crm\/auth\/jwt-secret, which the stack neither makes nor copies: us-west-2 has no value/,
  },
  {
    violating: "a parameter that a function reads and nobody makes",
    resources: [vault, handler({ URL_PARAMETER: "/crm/other" })],
    says: /reads \/crm\/other/,
  },
  {
    violating: "a secret that a log driver reads and nobody makes",
    resources: [
      vault,
      task({ logConfiguration: { secretOptions: [{ name: "key", valueFrom: SECRET_ARN }] } }),
    ],
    says: /reads crm-login-AbCdEf/,
  },
  {
    violating: "a secret that is copied elsewhere",
    resources: [vault, login("eu-west-1"), reads(SECRET_ARN)],
    says: /reads crm-login-AbCdEf/,
  },
  {
    violating: "a secret that somebody writes by hand",
    resources: [vault, login(), written(["secretString"]), reads(SECRET_ARN)],
    says: /reads crm-login-AbCdEf/,
  },
  {
    violating: "a parameter that somebody writes by hand",
    resources: [vault, { ...made, opts: { ignoreChanges: ["value"] } }],
    says: /its value is set by hand/,
  },
  {
    violating: "a stand-in that reads what it does not make",
    resources: [restored, reads(PARAMETER_ARN)],
    says: /us-west-2 has no value of it/,
  },
  {
    unknown: "the containers",
    resources: [vault, { ...task({}), props: { containerDefinitions: UNKNOWN_TEXT } }],
  },
  {
    unknown: "the name of a parameter",
    resources: [vault, { ...made, props: { name: UNKNOWN_TEXT } }, reads(PARAMETER_ARN)],
  },
  {
    unknown: "the copies of a secret",
    resources: [vault, login(UNKNOWN_TEXT), reads(SECRET_ARN)],
  },
  {
    unknown: "which secret's value is written",
    resources: [vault, login(), { ...written(), references: {} }, reads(SECRET_ARN)],
  },
  otherType,
]);

ruleTable(standsAlone!, [
  {
    compliant: "all in its own region",
    resources: [restored, { type: "aws:sns/topic:Topic", props: { kmsMasterKeyId: "alias/crm" } }],
  },
  {
    compliant: "copies of its own, later",
    resources: [
      restored,
      { ...vault, props: { ...vault.props, region: "us-east-1" } },
      reads("arn:aws:ssm:us-east-1:123456789012:parameter/crm"),
    ],
  },
  {
    compliant: "a permission for what comes from elsewhere",
    resources: [
      restored,
      {
        type: "aws:s3/bucketPolicy:BucketPolicy",
        props: { policy: JSON.stringify({ Resource: "arn:aws:logs:us-east-1:123456789012:*" }) },
      },
    ],
  },
  { compliant: "a stack that stands in for none", resources: [reads(PARAMETER_ARN)] },
  {
    violating: "a parameter of the lost region",
    resources: [restored, reads(PARAMETER_ARN)],
    says: /it names something in us-east-1; with that region it would be lost/,
  },
  {
    violating: "an image of the lost region",
    resources: [restored, task({ image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/crm" })],
    says: /us-east-1/,
  },
  {
    violating: "a resource in the lost region",
    resources: [restored, { type: "aws:sns/topic:Topic", props: { region: "us-east-1" } }],
    says: /us-east-1/,
  },
  {
    unknown: "a key that is not known yet",
    resources: [restored, { type: "aws:sns/topic:Topic", props: { kmsMasterKeyId: UNKNOWN_TEXT } }],
    passes: true,
  },
  {
    unknown: "which region the stack stands in",
    resources: [
      {
        ...restored,
        props: { restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: UNKNOWN_TEXT } },
      },
      reads(PARAMETER_ARN),
    ],
  },
  {
    unknown: "where copies of its own are",
    resources: [
      restored,
      {
        ...vault,
        props: { ...vault.props, region: UNKNOWN_TEXT },
        references: { region: ["other"] },
      },
      { ...reads(PARAMETER_ARN), name: "other" },
    ],
  },
  { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] },
]);

const database: Sample = { type: "aws:rds/instance:Instance", name: "primary", props: {} };
const alarm = (props: Record<string, unknown> = {}): Sample => ({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "lost",
  props: {
    region: "us-west-2",
    namespace: "CRM/RegionWatch",
    treatMissingData: "breaching",
    alarmActions: ["arn:aws:sns:us-west-2:123456789012:alerts"],
    ...props,
  },
});

ruleTable(watch!, [
  { compliant: "an alarm there that rings for silence", resources: [vault, database, alarm()] },
  { compliant: "a stack without copies", resources: [database] },
  { compliant: "a stack that stands in for another", resources: [vault, restored] },
  {
    violating: "no alarm there",
    resources: [vault, database, alarm({ region: undefined })],
    says: /nothing in us-west-2 notices that its region is lost/,
  },
  {
    violating: "an alarm that takes silence for good",
    resources: [vault, database, alarm({ treatMissingData: "notBreaching" })],
    says: /nothing in us-west-2 notices/,
  },
  {
    violating: "an alarm on a metric that us-east-1 has alone",
    resources: [vault, database, alarm({ namespace: "AWS/Route53" })],
    says: /nothing in us-west-2 notices/,
  },
  ...["NewestBackupAge", "RestorableAge", "NewestCopyAge"].map((metricName) => ({
    violating: `an alarm on the age of backups, ${metricName}`,
    resources: [vault, database, alarm({ metricName })],
    says: /nothing in us-west-2 notices/,
  })),
  {
    violating: "an alarm that tells a topic of the region that is lost",
    resources: [
      vault,
      database,
      alarm({ alarmActions: ["arn:aws:sns:us-east-1:123456789012:alerts"] }),
    ],
    says: /nothing in us-west-2 notices/,
  },
  {
    unknown: "what silence means",
    resources: [vault, database, alarm({ treatMissingData: UNKNOWN_TEXT })],
  },
  otherType,
]);
