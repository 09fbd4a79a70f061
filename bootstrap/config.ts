/** The bootstrap program's configuration: the one place that reads it, and its schema. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { BUCKET_NAMES, NAME_LENGTHS, REPOSITORY_NAMES } from "../facts/name-lengths";
import { ENVIRONMENTS } from "../platform/tags";
import { ConfigError, credentialsGiven, issueProblems, misplacedSecrets } from "../schema";
import {
  accountId,
  flag,
  group,
  list,
  mailbox,
  namedGroup,
  oneOf,
  region,
  tagValue,
  text,
  word,
} from "../schema/common";
import { closedService, OPEN_SERVICES } from "./extension-rights";
import { SUBJECT_FORMS } from "./pipeline-role";

/** The number in the shipped stack file, which is no repository's of this name. */
export const EXAMPLE_REPOSITORY_ID = "1234567890";
export const EXAMPLE_OWNER_ID = "12345678";

/** A service that extensions may have; the message says why one may not. */
function extraService() {
  return z
    .string({ error: "a service's prefix in IAM policies" })
    .superRefine((service, context) => {
      const message = closedService(service);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    });
}

/** Everything below `crm-bootstrap:`, and the region. */
export const bootstrapSchema = group({
  region: region().describe(
    "Region of the keys, and of the state bucket where nothing else is set",
  ),
  accountId: accountId().describe("The only account that the program may touch"),
  repository: text(
    /^[\w-]{1,39}\/[\w.-]{1,100}$/,
    "a GitHub repository such as owner/name",
  ).describe("Repository whose workflows may assume the roles"),
  repositoryId: text(
    /^[1-9][0-9]{0,19}$/,
    "the repository's number, in quotes: gh api repos/<owner>/<name> --jq .id",
  ).describe("Number of that repository: a released name can be taken by a stranger"),
  ownerId: text(
    /^[1-9][0-9]{0,19}$/,
    "the number of the repository's owner, in quotes: gh api repos/<owner>/<name> --jq .owner.id",
  ).describe("Number of the repository's owner, which tokens of its workflows carry"),
  subjects: oneOf(SUBJECT_FORMS)
    .default("ids")
    .describe(
      "Form of the tokens' subject: `ids`, or `names` for a repository from before July 15, 2026 that has not opted in",
    ),
  stacks: namedGroup(
    word(),
    group({
      environment: oneOf(ENVIRONMENTS).describe(
        "Value of the tag Environment on the stack's resources",
      ),
      prefix: word().describe("Start of the names of the stack's roles, functions and so on"),
      buckets: list(
        text(
          /^crm-[a-z0-9*-]{1,59}$/,
          "names of buckets, which begin with crm-, with * for any characters",
        ),
        1,
        10,
        "names",
      ).describe("Buckets that the stack creates, and those with its functions' artifacts"),
      queues: list(
        text(
          new RegExp(`^[A-Za-z0-9_-]{1,${NAME_LENGTHS.queue.maximum}}$`),
          `names of queues, of at most ${NAME_LENGTHS.queue.maximum} letters, digits, - and _`,
        ),
        0,
        20,
        "names",
      )
        .default([])
        .describe("Queues of crm:naming.queueNames whose names do not begin with the prefix"),
      repositories: list(
        text(
          new RegExp(`^(${REPOSITORY_NAMES.registry}/)?${REPOSITORY_NAMES.pattern}$`),
          "names of ECR repositories such as team/core, and addresses of those of other accounts such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/team/core",
        ),
        0,
        20,
        "names",
      )
        .default([])
        .describe(
          "Repositories of other stacks whose images the stack's functions run, in all regions; of another account by their address",
        ),
      region: region().optional().describe("Region of the key of its secrets. @default aws:region"),
      chat: flag()
        .default(false)
        .describe(
          "Whether the stack's topics have slack receivers, which its role may then create",
        ),
      gameday: flag()
        .default(false)
        .describe(
          "Whether the stack has crm:gameday.enabled, whose experiments its role may then create",
        ),
      extraServices: list(extraService(), 0, 10, "services")
        .default([])
        .describe(
          `Services that the stack's extensions use beside the platform's: ${OPEN_SERVICES.join(", ")}`,
        ),
    }),
  ).describe(
    "Stacks that the pipeline deploys, by name; each gets a role and a key for its secrets",
  ),
  stateRegion: region()
    .optional()
    .describe(
      "Region of the state bucket: the one that takes over when another is lost. @default aws:region",
    ),
  copyRegion: region().describe("Region that the state is copied to"),
  regions: list(region(), 1, 4, "regions").describe("Regions in which the stacks have resources"),
  createIdentityProvider: flag().describe(
    "Whether to create the account's identity provider for GitHub; false where it exists",
  ),
  stateBucket: text(BUCKET_NAMES.pattern, `a bucket's name: ${BUCKET_NAMES.says}`).describe(
    "Bucket for Pulumi's state; unique in all of AWS. A change replaces it",
  ),
  tags: group({
    project: tagValue(),
    owner: mailbox(),
    costCenter: tagValue(),
  }),
}).superRefine((config, context) => {
  // Two keys of one alias and region are refused by KMS.
  if (config.copyRegion === stateRegionOf(config)) {
    const message = "another region than the state's";
    context.addIssue({ code: "custom", path: ["copyRegion"], message });
  }
});

function stateRegionOf(config: {
  readonly region: string;
  readonly stateRegion?: string | undefined;
}) {
  return config.stateRegion ?? config.region;
}

export type BootstrapConfig = z.infer<typeof bootstrapSchema> & { readonly stateRegion: string };

/** Reads and validates the configuration; throws one error with every problem in it. */
export function loadBootstrapConfig(): BootstrapConfig {
  const config = new pulumi.Config("crm-bootstrap");
  const secretKeys = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  const misplaced = [
    ...credentialsGiven(Object.keys(pulumi.runtime.allConfig())),
    ...misplacedSecrets(
      secretKeys.map((key) => key.replace(":config:", ":")),
      "The bootstrap program takes no secret.",
    ),
  ];
  if (misplaced.length > 0) {
    throw new pulumi.RunError(new ConfigError(misplaced).message);
  }
  const given = {
    region: new pulumi.Config("aws").get("region"),
    accountId: config.get("accountId"),
    repository: config.get("repository"),
    repositoryId: config.get("repositoryId"),
    ownerId: config.get("ownerId"),
    subjects: config.get("subjects"),
    stacks: config.getObject("stacks"),
    stateRegion: config.get("stateRegion"),
    copyRegion: config.get("copyRegion"),
    regions: config.getObject("regions"),
    createIdentityProvider: config.getBoolean("createIdentityProvider"),
    stateBucket: config.get("stateBucket"),
    tags: config.getObject("tags"),
  };
  const parsed = bootstrapSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      issueProblems("crm-bootstrap:", bootstrapSchema, given, issue),
    );
    throw new pulumi.RunError(new ConfigError(problems).message);
  }
  const { repository, repositoryId, ownerId } = parsed.data;
  const examples = [
    ...(repositoryId === EXAMPLE_REPOSITORY_ID ? ["repositoryId", repositoryId] : []),
    ...(ownerId === EXAMPLE_OWNER_ID ? ["ownerId", ownerId] : []),
  ];
  if (examples.length > 0 && !pulumi.runtime.isDryRun()) {
    throw new pulumi.RunError(
      `crm-bootstrap:${examples[0]}: expected your repository's number, got the example's ${examples[1]}: no workflow could assume the roles. gh api repos/${repository} --jq '.owner.id, .id'`,
    );
  }
  return { ...parsed.data, stateRegion: stateRegionOf(parsed.data) };
}
