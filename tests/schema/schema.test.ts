import assert from "node:assert/strict";

import { missingSecrets } from "../../schema";
import { problems, stackNames, validated } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

/** A database without automated backups, and so without a read replica. */
function withoutBackups({ database, eventing }: Sections): void {
  database.backupRetentionPeriod = 0;
  database.replica.enabled = false;
  database.urls.analytics = "primary";
  for (const fn of Object.values<Record<string, any>>(eventing.functions)) {
    if (fn["databaseUrl"] !== undefined) fn["databaseUrl"] = "primary";
  }
}

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error, got none");
}

describe("The stack configuration", () => {
  for (const stack of stackNames()) {
    it(`of ${stack} is valid`, () => {
      assert.doesNotThrow(() => validated(stack));
    });
  }

  it("reports everything at once, each with key, value and what is accepted", () => {
    assert.deepEqual(
      problems("production", (sections: Sections, values) => {
        values["aws:region"] = "nowhere";
        sections["environment"] = "prod";
        sections["accountId"] = 123456789012;
        sections["database"].allocatedStorage = 5;
        sections["database"].backupRetentionPerod = 7;
        sections["network"].subnets.public[0] = "10.0.0.1/24";
        sections["cahce"] = {};
        delete sections["tags"].owner;
      }),
      [
        'aws:region: expected a region of AWS\'s commercial partition such as us-east-1, got "nowhere"',
        'crm:environment: expected one of production, staging, development, got "prod"',
        "crm:accountId: expected the account's 12 digits, in quotes, got 123456789012",
        "crm:tags.owner: expected a mailbox such as team@example.com, got nothing",
        'crm:network.subnets.public[0]: expected an IPv4 network such as 10.0.0.0/16, with no bits set beyond its length, got "10.0.0.1/24"',
        "crm:database.allocatedStorage: expected a whole number from 20 to 65536 GiB, got 5",
        "crm:database.backupRetentionPerod: there is no such key. Did you mean crm:database.backupRetentionPeriod?",
        "crm:cahce: there is no such key. Did you mean crm:cache?",
      ],
    );
  });

  it("finds all that is wrong in a section that has a key that is not known", () => {
    assert.deepEqual(
      problems("production", (sections: Sections) => {
        sections["network"].cidrBlock = "10.0.0.0/8";
        sections["network"].cidrBlok = "10.0.0.0/16";
      }),
      [
        "crm:network.cidrBlok: there is no such key. Did you mean crm:network.cidrBlock?",
        'crm:network.cidrBlock: expected a network between /16 and /28, got "10.0.0.0/8"',
      ],
    );
  });

  it("says of a setting in place of a section where it belongs, with an option that works", () => {
    const found = (key: string) =>
      problems("production", (sections: Sections) => (sections[key] = "5433"));
    const [message, ...others] = found("database.port");
    assert.deepEqual(others, []);
    assert.match(
      message!,
      /^crm:database\.port: expected a section, got a setting in crm:database\. Run `pulumi config set --path 'crm:database\.port' <value>`\.$/,
    );
    // The option is shown once, after all problems.
    const change = (sections: Sections) =>
      (sections["database.port"] = sections["network.subnets"] = "5433");
    const lines = errorOf(() => validated("production", change)).message.split("\n");
    assert.deepEqual(
      lines.map((line) => line.includes("-c ")),
      [false, false, false, true],
    );
    const [, section, value] = /-c 'crm:(\w+)=(.*)'/.exec(lines.at(-1)!)!;
    const changed = (sections: Sections) => (sections[section!] = JSON.parse(value!) as unknown);
    assert.deepEqual(problems("production", changed), []);
    assert.deepEqual(found("network.subnets.public[0]").length, 1);
    assert.match(found("network.subnets.public[0]")[0]!, /got a setting in crm:network\. Run/);
    assert.deepEqual(found("databse.port"), [
      "crm:databse.port: there is no such key. Did you mean crm:database?",
    ]);
  });

  it("says which section is missing", () => {
    const [message] = problems("production", (sections: Sections) => delete sections["network"]);
    assert.equal(message, "crm:network: expected a group of settings, got nothing");
  });

  it("names every secret that a deployment cannot do without", () => {
    const keys = (stack: string, ...given: string[]) =>
      missingSecrets(validated(stack), given).map(({ key }) => key);
    const api = ["crm:secrets.twitter-api-key", "crm:secrets.linkedin-api-key"];
    assert.deepEqual(keys("production").sort(), [...api].sort());
    assert.deepEqual(keys("production", "twitter-api-key", "linkedin-api-key"), []);
    assert.deepEqual(keys("recovery").sort(), [...api, "crm:secrets.origin-header"].sort());
    const [problem] = missingSecrets(validated("production"), ["twitter-api-key"]);
    assert.equal(
      problem!.message,
      "crm:secrets.linkedin-api-key: expected LINKEDIN_API_KEY of the social service, got nothing. " +
        "Set it with `pulumi config set --path crm:secrets.linkedin-api-key --secret`.",
    );
  });

  const between: [string, (sections: Sections, values: Record<string, unknown>) => void, RegExp][] =
    [
      [
        "zones and region belong together",
        (_, values) => (values["aws:region"] = "us-west-2"),
        /crm:network.availabilityZones\[0\]: expected a zone of aws:region us-west-2, got "us-east-1a"/,
      ],
      [
        "ARNs are those of the partition aws",
        (_, values) => (values["aws:region"] = "us-gov-west-1"),
        /aws:region: expected a region of AWS's commercial partition.*, got "us-gov-west-1"/,
      ],
      [
        "copies of objects are where the platform is created again",
        (sections) => (sections["storage"].replicationRegion = "us-east-2"),
        /crm:storage.replicationRegion: expected crm:recovery.region us-west-2, where.*, got "us-east-2"/,
      ],
      ...(
        [
          [
            "no automated backups are copied of a database without any",
            { readiness: "backup-restore" },
            /crm:database.backupRetentionPeriod: expected at least 1 day, which crm:recovery.automatedBackupDays 7 requires; or 0 for both, got 0/,
          ],
          [
            "a pilot light has a replica, whose source has automated backups",
            { readiness: "pilot-light", automatedBackupDays: 0 },
            /crm:database.backupRetentionPeriod: expected at least 1 day, which the replica of crm:recovery.readiness pilot-light requires, got 0/,
          ],
        ] as const
      ).map(([title, recovery, message]): [string, (sections: Sections) => void, RegExp] => [
        title,
        (sections) => {
          withoutBackups(sections);
          delete sections["recovery"].automatedBackupDays;
          Object.assign(sections["recovery"], recovery);
        },
        message,
      ]),
      // AWS Backup Developer Guide, "Troubleshoot creating resources": 02:00 is in the hour before the backup window.
      [
        "no backup starts in a window of the database or in the hour before",
        (sections) => Object.assign(sections["recovery"].plan, { intervalHours: 4, firstHour: 2 }),
        /crm:recovery.plan.firstHour: expected 1, so that no .*03:00-04:00, in .*sun:04:00.*, got 2/,
      ],
      [
        "a window is missed on Sundays, too",
        (sections) => Object.assign(sections["recovery"].plan, { intervalHours: 8, firstHour: 4 }),
        /crm:recovery.plan.firstHour: expected 0 or 1 or 5 or 6 or 7, so that.*, got 4/,
      ],
      [
        "starts that cannot miss the windows are refused with the intervals that can",
        (sections) => Object.assign(sections["recovery"].plan, { intervalHours: 2, firstHour: 1 }),
        /crm:recovery.plan.intervalHours: expected 4 or 6 or 8 or 12 or 24, so that.*, got 2/,
      ],
      ...["plan", "lock", "restoreTest", "configuration", "beforeDeployment"].map(
        (key): [string, (sections: Sections) => void, RegExp] => [
          `production has its ${key}`,
          (sections) => delete sections["recovery"][key],
          new RegExp(
            `crm:recovery.${key}: expected .*, as crm:environment is production, got nothing`,
          ),
        ],
      ),
      [
        "a database is made from backups of the stack's own account and region",
        (sections) =>
          (sections["database"].restore = {
            sourceDbInstanceAutomatedBackupsArn:
              "arn:aws:rds:us-east-1:999999999999:auto-backup:ab-0123",
            useLatestRestorableTime: true,
          }),
        /restore.sourceDbInstanceAutomatedBackupsArn: .* automated backups in us-east-1 of crm:accountId 123456789012/,
      ],
      [
        "an alarm's queue is there",
        (sections) =>
          (sections["observability"] = { messaging: { queueAgeMinutesByQueue: { mails: 5 } } }),
        /crm:observability.messaging.queueAgeMinutesByQueue.mails: expected one of the queues: email-notifications, .*, got "mails"/,
      ],
      [
        "a traced service is there",
        (sections) =>
          (sections["observability"] = {
            tracing: {
              samplingRules: { all: { service: "mail", fixedTarget: 1, rate: 0.1, priority: 1 } },
            },
          }),
        /crm:observability.tracing.samplingRules.all.service: expected one of the services: auth, .*, got "mail"/,
      ],
      [
        "a link leads to something that is there",
        (sections) =>
          (sections["services"].core.links[0] = { bucket: "user-upload", access: "read" }),
        /crm:services.core.links\[0\].bucket: expected one of the stack's buckets: .*user-uploads.*, got "user-upload"/,
      ],
      [
        "a list of buckets has each once, also one that an adopted bucket is named like",
        (sections) => {
          sections["storage"].adopted = { "frontend-assets": { bucketName: "older-assets" } };
          sections["services"].core.links[0] = { bucket: "user-upload", access: "read" };
        },
        /links\[0\].bucket: expected one of the stack's buckets: (?!.*frontend-assets.*frontend-assets).*frontend-assets/,
      ],
      [
        "a function is called by a bucket that is there",
        (sections) =>
          (sections["eventing"].functions["report-generator"].triggers.objectCreated.bucket =
            "reports"),
        /crm:eventing.functions.report-generator.triggers.objectCreated.bucket: expected one of the stack's buckets.*, got "reports"/,
      ],
      [
        "who takes a database URL for a secret has one",
        (sections) => delete sections["database"].urls.core,
        /crm:services.core.secrets.DB_URL.source: expected an entry for core in crm:database.urls.*, got "database-url"/,
      ],
      [
        "who takes a Redis URL for a secret has one",
        (sections) => (sections["cache"].urls = []),
        /crm:services.core.secrets.REDIS_URL.source: expected core in crm:cache.urls.*, got "redis-url"/,
      ],
      [
        "who reads the replica has one",
        (sections) => {
          sections["database"].replica.enabled = false;
          sections["database"].urls.analytics = "primary";
        },
        /crm:eventing.functions.analytics-aggregator.databaseUrl: expected primary, as crm:database has no replica.*, got "replica"/,
      ],
      [
        "the database stands in zones of the network",
        (sections) => (sections["database"].replica.availabilityZone = "us-east-1f"),
        /crm:database.replica.availabilityZone: expected one of crm:network.availabilityZones.*, got "us-east-1f"/,
      ],
      [
        "the application's files are in a bucket for delivery",
        (sections) => (sections["edge"].assetsBucket = "backups"),
        /crm:edge.assetsBucket: expected one of the buckets of crm:storage with contentDelivery: frontend-assets.*, got "backups"/,
      ],
      [
        "copies go to another region",
        (sections) => (sections["storage"].replicationRegion = "us-east-1"),
        /crm:storage.replicationRegion: expected a region other than aws:region.*, got "us-east-1"/,
      ],
      [
        "a mailbox is notified of the budget once",
        (sections) => (sections["cost"].subscribers = ["a@example.com", "a@example.com"]),
        /crm:cost.subscribers\[1\]: expected an entry that is not in the list already, got /,
      ],
      [
        "a mailbox is notified of the edge once",
        (sections) =>
          (sections["observability"].edge = { mailboxes: ["a@b.example", "a@b.example"] }),
        /crm:observability.edge.mailboxes\[1\]: expected an entry that is not in the list already, got /,
      ],
      [
        "a service runs on capacity that its cluster has",
        (sections) => {
          sections["cluster"].capacityProviders = [{ provider: "FARGATE", weight: 1 }];
          sections["services"].auth.capacityProviders = [{ provider: "FARGATE_SPOT", weight: 1 }];
        },
        /crm:services.auth.capacityProviders\[0\].provider: expected one of crm:cluster.capacityProviders: FARGATE.*, got "FARGATE_SPOT"/,
      ],
      [
        "a bucket with a whole name is one of the stack's",
        (sections) => (sections["naming"].bucketNames = { requests: "crm-report-requests" }),
        /crm:naming.bucketNames.requests: expected one of crm:storage.buckets: .*report-requests.*, got "requests"/,
      ],
      [
        "an alarm with a whole name is one that the document names",
        (sections) => (sections["naming"].alarmNames = { "nat-ports": "NAT" }),
        /crm:naming.alarmNames.nat-ports: expected one of High-Error-Rate, High-Response-Time, RDS-High-CPU, got "nat-ports"/,
      ],
      [
        "two alarms do not share a name",
        (sections) =>
          (sections["naming"].alarmNames = { "High-Error-Rate": "high", "RDS-High-CPU": "high" }),
        /crm:naming.alarmNames.RDS-High-CPU: expected a name that crm:naming.alarmNames.High-Error-Rate does not have, got "high"/,
      ],
      [
        "a queue with a whole name is one of the stack's",
        (sections) => (sections["naming"].queueNames = { "dlq-mail": "dlq-email" }),
        /crm:naming.queueNames.dlq-mail: expected one of the queues of crm:eventing: .*dlq-email.*, got "dlq-mail"/,
      ],
      [
        "two queues do not share a name",
        (sections) =>
          (sections["naming"].queueNames = {
            "dlq-email": "dead",
            "notification-processor": "dead",
          }),
        /crm:naming.queueNames.notification-processor: expected a name that crm:naming.queueNames.dlq-email does not have, got "dead"/,
      ],
      [
        "a queue's whole name is none that another queue has by its prefix",
        (sections) =>
          (sections["naming"].queueNames = { "dlq-email": "crm-notification-processor" }),
        /crm:naming.queueNames.dlq-email: expected a name that notification-processor does not have, got "crm-notification-processor"/,
      ],
      [
        "a bucket's whole name is none that another bucket has",
        (sections) =>
          (sections["naming"].bucketNames = { "report-requests": "reports", backups: "reports" }),
        /crm:naming.bucketNames.backups: expected a name that crm:naming.bucketNames.report-requests does not have, got "reports"/,
      ],
      [
        "a bucket's whole name is none that another bucket has by its prefix and suffix",
        (sections) => (sections["naming"].bucketNames = { backups: "crm-access-logs-prod" }),
        /crm:naming.bucketNames.backups: expected a name that access-logs does not have, got "crm-access-logs-prod"/,
      ],
      [
        "a bucket's whole name is none that the logs of the copies have",
        (sections) =>
          (sections["naming"].bucketNames = { backups: "crm-access-logs-us-west-2-prod" }),
        /crm:naming.bucketNames.backups: expected a name that access-logs-us-west-2 does not have, got "crm-access-logs-us-west-2-prod"/,
      ],
      ...["report-requests", "access-logs", "access-logs-us-west-2"].map(
        (own): [string, (sections: Sections) => void, RegExp] => [
          `a copy's name is not that of ${own}`,
          (sections) =>
            (sections["storage"].buckets.backups.replication.bucketName = `crm-${own}-prod`),
          new RegExp(
            `crm:storage.buckets.backups.replication.bucketName: expected a name that ${own} does not have, got "crm-${own}-prod"`,
          ),
        ],
      ),
      [
        "a copy's name is not that of another copy",
        (sections) =>
          (sections["storage"].buckets["user-uploads"].replication.bucketName =
            "crm-frontend-assets-backup-west"),
        /crm:storage.buckets.user-uploads.replication.bucketName: expected a name that crm:storage.buckets.frontend-assets.replication.bucketName does not have, got/,
      ],
      [
        "a copy's name is not a bucket's whole name",
        (sections) => {
          sections["naming"].bucketNames = { "report-requests": "reports" };
          sections["storage"].buckets.backups.replication.bucketName = "reports";
        },
        /crm:storage.buckets.backups.replication.bucketName: expected a name that crm:naming.bucketNames.report-requests does not have, got "reports"/,
      ],
      [
        "a log's whole name is none that another function has",
        (sections) =>
          (sections["naming"].logGroupNames = {
            "social-data-processor": "/aws/lambda/crm-report-generator",
          }),
        /crm:naming.logGroupNames.social-data-processor: expected a name that report-generator does not have, got "\/aws\/lambda\/crm-report-generator"/,
      ],
      [
        "a log with a whole name is of one of the stack's functions",
        (sections) => (sections["naming"].logGroupNames = { mail: "/aws/lambda/mail" }),
        /crm:naming.logGroupNames.mail: expected one of crm:eventing.functions: .*report-generator.*, got "mail"/,
      ],
      [
        "an alarm's whole name is none with the prefix",
        (sections) => (sections["naming"].alarmNames = { "RDS-High-CPU": "crm-nat-ports" }),
        /crm:naming.alarmNames.RDS-High-CPU: expected a name that does not begin with crm-, .*, got "crm-nat-ports"/,
      ],
      [
        "production runs images by digest",
        (sections) => (sections["services"].auth.image = "crm-auth:latest"),
        /crm:services.auth.image: expected .*, got "crm-auth:latest"/,
      ],
    ];
  it("two queues may exchange their names", () => {
    const found = problems("production", (sections) => {
      sections["naming"].queueNames = {
        "dlq-email": "crm-notification-processor",
        "notification-processor": "crm-dlq-email",
      };
    });
    assert.deepEqual(found, []);
  });

  for (const [title, change, expected] of between) {
    it(title, () => {
      const messages = problems("production", change);
      assert.ok(
        messages.some((message) => expected.test(message)),
        messages.join("\n"),
      );
    });
  }
});
