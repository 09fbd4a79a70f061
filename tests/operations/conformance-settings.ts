/** For conformance.test.ts: which value of a setting gives a row what the document says. */

/** Stack files by name, each its values by full key. */
export type Files = Record<
  "production" | "recovery" | "bootstrap" | "project",
  Record<string, any>
>; // any: reaches into every section

const each = <T>(group: Record<string, T>, change: (one: T, name: string) => void) =>
  Object.entries(group).forEach(([name, one]) => change(one, name));
const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/crm-";
const BACKUPS = "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-example";
const ARTIFACT = { bucket: "crm-artifacts-prod", key: "code.zip", version: "1" };

/** What gives a row the document's value, or at least another one, by the setting on which its decision rests. */
export const OTHERWISE: Readonly<Record<string, (files: Files) => void>> = {
  "aws:region": ({ project }) => (project["aws:region"] = "us-east-1"),
  "crm:environment": ({ project }) => (project["crm:environment"] = "production"),
  "crm:naming.queueNames": ({ production }) =>
    (production["crm:naming"].queueNames = {
      "dlq-email": "dlq-email",
      "dlq-social-processor": "dlq-social-processor",
      "notification-processor": "notification-processor",
    }),
  "crm:naming.bucketNames": ({ production }) =>
    (production["crm:naming"].bucketNames = { "report-requests": "crm-report-requests" }),
  "crm:naming.logGroupNames": ({ production }) =>
    (production["crm:naming"].logGroupNames = {
      "social-data-processor": "/aws/lambda/crm-social-processor",
    }),
  "crm:network.securityGroups.rds.ingress": ({ production }) => {
    const { rds, functions } = production["crm:network"].securityGroups;
    rds.ingress.pop();
    functions.egress.shift();
    each(production["crm:eventing"].functions, (one: any) => delete one.databaseUrl);
  },
  "crm:cache.engineVersion": ({ production }) =>
    Object.assign(production["crm:cache"], {
      engineVersion: "7.0",
      autoMinorVersionUpgrade: false,
    }),
  "crm:cluster.capacityProviders": ({ production }) =>
    (production["crm:cluster"].capacityProviders = [
      { provider: "FARGATE", weight: 70 },
      { provider: "FARGATE_SPOT", weight: 30, base: 2 },
    ]),
  "crm:cluster.loadBalancer.sslPolicy": ({ production }) =>
    (production["crm:cluster"].loadBalancer.sslPolicy = "ELBSecurityPolicy-TLS-1-2-2017-01"),
  "crm:services.analytics": ({ production }) => {
    delete production["crm:services"].analytics;
    delete production["crm:database"].urls.analytics;
  },
  "crm:services.<name>.capacityProviders": ({ production }) =>
    each(production["crm:services"], (service: any) => {
      service.capacityProviders = [
        { provider: "FARGATE", weight: 70 },
        { provider: "FARGATE_SPOT", weight: 30 },
      ];
    }),
  "crm:services.<name>.architecture": ({ production }) =>
    each(production["crm:services"], (service: any) => (service.architecture = "X86_64")),
  "crm:services.<name>.tracing": ({ production }) =>
    each(production["crm:services"], (service: any) => (service.tracing = false)),
  "crm:services.<name>.image": ({ production }) => {
    production["crm:cluster"].requireImageDigest = false;
    each(production["crm:services"], (service: any, name) => {
      service.image = `${IMAGE}${name}:1.0.0`;
    });
  },
  "crm:services.<name>.minCapacity": ({ production }) =>
    (production["crm:services"].social.minCapacity = 1),
  "crm:services.<name>.route.paths": ({ production }) =>
    each(production["crm:services"], ({ route }: any) => (route.paths = [route.paths[0]])),
  "crm:storage.buckets.<name>.replication": ({ production }) =>
    delete production["crm:storage"].buckets["frontend-assets"].replication,
  "crm:cluster.imageTags": ({ production }) => (production["crm:cluster"].imageTags = "MUTABLE"),
  "crm:edge.distribution.pagesCache": ({ production }) =>
    (production["crm:edge"].distribution.pagesCache = "CachingOptimized"),
  "crm:edge.restrictOrigin": ({ production }) => (production["crm:edge"].restrictOrigin = false),
  "crm:eventing.functions.<name>.artifact": ({ production }) =>
    each(production["crm:eventing"].functions, (one: any) => (one.artifact = { ...ARTIFACT })),
  "crm:eventing.functions.<name>.architecture": ({ production }) =>
    each(production["crm:eventing"].functions, (one: any) => (one.architecture = "X86_64")),
  "crm:eventing.functions.<name>.provisionedConcurrency": ({ production }) => {
    const { functions } = production["crm:eventing"];
    const peak = { ...functions["social-data-processor"].provisionedConcurrency };
    functions["report-generator"].provisionedConcurrency = peak;
  },
  "crm:observability.loadBalancer.clientErrorPercent": ({ production }) =>
    (production["crm:observability"].loadBalancer.clientErrorPercent = 20),
  "crm:observability.loadBalancer.minimumRequests": ({ production }) =>
    (production["crm:observability"].loadBalancer.minimumRequests = 1),
  "crm:recovery.readiness": ({ production, recovery }) => {
    production["crm:recovery"].readiness = "backup-restore";
    recovery["crm:recovery"].readiness = "backup-restore";
    delete recovery["crm:database"].standbyOf;
    recovery["crm:database"].restore = {
      sourceDbInstanceAutomatedBackupsArn: BACKUPS,
      useLatestRestorableTime: true,
    };
  },
  "crm-bootstrap:stateBucket": ({ bootstrap }) =>
    (bootstrap["crm-bootstrap:stateBucket"] = "crm-terraform-state"),
  "crm-bootstrap:stateRegion": ({ bootstrap }) =>
    Object.assign(bootstrap, {
      "crm-bootstrap:stateRegion": "us-east-1",
      "crm-bootstrap:copyRegion": "us-west-2",
    }),
};

/** What those settings give where the document has words, another form, or nothing. */
export const NOT_DOCUMENTED: readonly string[] = [
  "ECS service template: Processor: X86_64",
  ...["auth", "core", "social"].flatMap((name) => [
    `Service ${name}: CPU of the container itself: not set`,
    `Service ${name}: Memory that another container may take: not set`,
    // A tag that moves, as the document's latest, is refused.
    `Service ${name}: Image: ${IMAGE}${name}:1.0.0`,
  ]),
  "Functions: Processor of the functions: x86_64",
  // The provider's region.
  "Infrastructure as code: State's region: not set",
  "Monitoring: Error rate: threshold: 20 %",
  "Monitoring: Error rate: counted: IF(SUM([requests, own]) >= 1, 100 * SUM([services, own]) / SUM([requests, own]), 0)",
  "Monitoring: Response time: counted: IF(requests >= 1, seconds, 0)",
  "Cost: On demand: base: 0",
  "Cost: Peak: functions that have it: 2",
  "Disaster recovery: Data there: not set",
];
