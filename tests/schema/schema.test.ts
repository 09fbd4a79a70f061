import assert from "node:assert/strict";

import { missingSecrets } from "../../schema";
import { problems, stackNames, validated } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

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
        'aws:region: "nowhere" given; a region of AWS\'s commercial partition such as us-east-1 expected.',
        'crm:environment: "prod" given; one of production, staging, development expected.',
        "crm:accountId: 123456789012 given; the account's 12 digits, in quotes expected.",
        "crm:tags.owner: nothing given; a mailbox such as team@example.com expected.",
        'crm:network.subnets.public[0]: "10.0.0.1/24" given; an IPv4 network such as 10.0.0.0/16, with no bits set beyond its length expected.',
        "crm:database.allocatedStorage: 5 given; a whole number from 20 to 65536 GiB expected.",
        "crm:database.backupRetentionPerod: there is no such key. Did you mean crm:database.backupRetentionPeriod?",
        "crm:cahce: there is no such key. Did you mean crm:cache?",
      ],
    );
  });

  it("says which section is missing", () => {
    const [message] = problems("production", (sections: Sections) => delete sections["network"]);
    assert.equal(message, "crm:network: nothing given; a group of settings expected.");
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
      "crm:secrets.linkedin-api-key: nothing given; LINKEDIN_API_KEY of the social service expected. " +
        "Set it with `pulumi config set --path crm:secrets.linkedin-api-key --secret`.",
    );
  });

  const between: [string, (sections: Sections, values: Record<string, unknown>) => void, RegExp][] =
    [
      [
        "zones and region belong together",
        (_, values) => (values["aws:region"] = "us-west-2"),
        /crm:network.availabilityZones\[0\]: "us-east-1a" given; a zone of aws:region us-west-2 expected/,
      ],
      [
        "ARNs are those of the partition aws",
        (_, values) => (values["aws:region"] = "us-gov-west-1"),
        /aws:region: "us-gov-west-1" given; a region of AWS's commercial partition/,
      ],
      [
        "copies of objects are where the platform is made anew",
        (sections) => (sections["storage"].replicationRegion = "us-east-2"),
        /crm:storage.replicationRegion: "us-east-2" given; crm:recovery.region us-west-2, where/,
      ],
      // AWS Backup Developer Guide, "Troubleshoot creating resources": 02:00 is in the hour before the backup window.
      [
        "no backup starts in a window of the database or in the hour before",
        (sections) => Object.assign(sections["recovery"].plan, { intervalHours: 4, firstHour: 2 }),
        /crm:recovery.plan.firstHour: 2 given; 1, so that no .*03:00-04:00, in .*sun:04:00/,
      ],
      [
        "a window is missed on Sundays, too",
        (sections) => Object.assign(sections["recovery"].plan, { intervalHours: 8, firstHour: 4 }),
        /crm:recovery.plan.firstHour: 4 given; 0 or 1 or 5 or 6 or 7, so that/,
      ],
      [
        "starts that cannot miss the windows are refused with the intervals that can",
        (sections) => Object.assign(sections["recovery"].plan, { intervalHours: 2, firstHour: 1 }),
        /crm:recovery.plan.intervalHours: 2 given; 4 or 6 or 8 or 12 or 24, so that/,
      ],
      ...["plan", "lock", "restoreTest", "configuration", "beforeDeployment"].map(
        (key): [string, (sections: Sections) => void, RegExp] => [
          `production has its ${key}`,
          (sections) => delete sections["recovery"][key],
          new RegExp(`crm:recovery.${key}: nothing given; .*, as crm:environment is production,`),
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
        /crm:observability.messaging.queueAgeMinutesByQueue.mails: 5 given; one of the queues email-notifications, .* as key expected/,
      ],
      [
        "a traced service is there",
        (sections) =>
          (sections["observability"] = {
            tracing: {
              samplingRules: { all: { service: "mail", fixedTarget: 1, rate: 0.1, priority: 1 } },
            },
          }),
        /crm:observability.tracing.samplingRules.all.service: "mail" given; one of the services auth, /,
      ],
      [
        "a link leads to something that is there",
        (sections) =>
          (sections["services"].core.links[0] = { bucket: "user-upload", access: "read" }),
        /crm:services.core.links\[0\].bucket: "user-upload" given; one of the stack's buckets: .*user-uploads/,
      ],
      [
        "a function is called by a bucket that is there",
        (sections) =>
          (sections["eventing"].functions["report-generator"].triggers.objectCreated.bucket =
            "reports"),
        /crm:eventing.functions.report-generator.triggers.objectCreated.bucket: "reports" given; one of the stack's buckets/,
      ],
      [
        "who takes a database URL for a secret has one",
        (sections) => delete sections["database"].urls.core,
        /crm:services.core.secrets.DB_URL.source: "database-url" given; an entry for core in crm:database.urls/,
      ],
      [
        "who takes a Redis URL for a secret has one",
        (sections) => (sections["cache"].urls = []),
        /crm:services.core.secrets.REDIS_URL.source: "redis-url" given; core in crm:cache.urls/,
      ],
      [
        "who reads the replica has one",
        (sections) => {
          sections["database"].replica.enabled = false;
          sections["database"].urls.analytics = "primary";
        },
        /crm:eventing.functions.analytics-aggregator.databaseUrl: "replica" given; primary, as crm:database has no replica/,
      ],
      [
        "the database stands in zones of the network",
        (sections) => (sections["database"].replica.availabilityZone = "us-east-1f"),
        /crm:database.replica.availabilityZone: "us-east-1f" given; one of crm:network.availabilityZones/,
      ],
      [
        "a restricted origin knows CloudFront's addresses",
        (sections) => delete sections["network"].cloudFrontPrefixListId,
        /crm:network.cloudFrontPrefixListId: nothing given; the region's CloudFront prefix list/,
      ],
      [
        "the application's files are in a bucket for delivery",
        (sections) => (sections["edge"].assetsBucket = "backups"),
        /crm:edge.assetsBucket: "backups" given; a bucket of crm:storage with contentDelivery: frontend-assets/,
      ],
      [
        "copies go to another region",
        (sections) => (sections["storage"].replicationRegion = "us-east-1"),
        /crm:storage.replicationRegion: "us-east-1" given; a region other than aws:region/,
      ],
      [
        "production runs images by digest",
        (sections) => (sections["services"].auth.image = "crm-auth:latest"),
        /crm:services.auth.image: "crm-auth:latest" given; .*/,
      ],
    ];
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
