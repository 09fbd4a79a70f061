/**
 * What has to be there before the platform is deployed: a bucket for Pulumi's state, a key for each stack's
 * secrets, and roles for the pipeline. Deployed once for an account, by a person; see README.md.
 */
import * as aws from "@pulumi/aws";

import { EncryptionKey } from "../components/encryption-key";
import { BucketReplication, SecureBucket } from "../components/storage";
import { SERVICE_PRINCIPALS, STS_AUDIENCE } from "../facts/service-principals";
import { Arns } from "../platform/arns";
import { DEPLOYMENT_SESSION_SECONDS } from "../platform/deployment-session";
import { MAINTENANCE_PAGE } from "../platform/maintenance-page";
import { policyDocument } from "../platform/policy-documents";
import { mapped } from "../platform/records";
import { componentTags, type Environment, ENVIRONMENTS, SHARED, stackTags } from "../platform/tags";
import { boundary, boundaryName } from "./boundary";
import { chatRights } from "./chat-rights";
import { loadBootstrapConfig } from "./config";
import { extensionRights } from "./extension-rights";
import { gamedayRights } from "./gameday-rights";
import { pushImages } from "./image-rights";
import { GITHUB_ISSUER, PipelineRole, subjectPrefix } from "./pipeline-role";
import { noContents, readSecrets } from "./reading";
import * as rights from "./rights";
import * as stateRights from "./state-rights";

const config = loadBootstrapConfig();
const arns = new Arns({ partition: "aws", region: config.region, accountId: config.accountId });
// A deployment is denied what carries another environment's tag: what all stacks use carries none of theirs, and what one
// stack uses that stack's. KMS and IAM honour `aws:ResourceTag` (KMS Developer Guide, "Use tags to control access").
const tagging = { ...config.tags, environment: SHARED } as const;
const tags = componentTags(tagging, "recovery");
const tagsOf = (environment: Environment) =>
  componentTags({ ...config.tags, environment }, "recovery");

const provider = new aws.Provider("aws", {
  region: config.region,
  allowedAccountIds: [config.accountId],
  defaultTags: { tags: stackTags(tagging) },
});
const opts = { providers: [provider] };

/** The region argument of a resource: none where it is the provider's. */
const placed = (region: string) => (region === config.region ? {} : { region });
const keyArgs = (alias: string, description: string, region: string) => ({
  alias,
  description,
  deletionWindowDays: 30,
  protect: true,
  ...placed(region),
  arns: arns.inRegion(region),
});
const { stateRegion, copyRegion } = config;
const stateArns = arns.inRegion(stateRegion);
const stateKey = new EncryptionKey(
  "crm-state",
  { ...keyArgs(stateRights.STATE_KEY_ALIAS, "State of all stacks", stateRegion), tags },
  opts,
);
// A stack that comes up after the loss of a region needs its secrets then.
mapped(
  config.stacks,
  ({ environment, region = config.region }, stack) =>
    new EncryptionKey(
      `crm-secrets-${stack}`,
      {
        ...keyArgs(stateRights.secretsKeyAlias(stack), `Secrets of the stack ${stack}`, region),
        tags: tagsOf(environment),
      },
      opts,
    ),
);

const lifecycle = { transitions: [], noncurrentDays: 365, abortUploadDays: 1 };
const bucketArgs = { lifecycle, versioning: true, protect: true, forceDestroy: false, arns, tags };
const accessLogs = new SecureBucket(
  "crm-state-access-logs",
  {
    ...bucketArgs,
    ...placed(stateRegion),
    bucketName: `${config.stateBucket}-logs`,
    lifecycle: { ...lifecycle, expiration: { id: "access_logs", days: 365 } },
    statements: [
      {
        sid: "AccessLogs",
        principals: { services: [SERVICE_PRINCIPALS.s3Logs] },
        actions: ["s3:PutObject"],
        resources: [`${arns.bucket(`${config.stateBucket}-logs`)}/*`],
        conditions: {
          ArnLike: { "aws:SourceArn": arns.bucket(config.stateBucket) },
          StringEquals: { "aws:SourceAccount": config.accountId },
        },
      },
    ],
  },
  opts,
);
const state = new SecureBucket(
  "crm-state",
  {
    ...bucketArgs,
    ...placed(stateRegion),
    bucketName: config.stateBucket,
    keyArn: stateKey.arn,
    accessLogs,
  },
  opts,
);

// The state is where the platform comes back, and its copy where it was: the loss of either region leaves one of them.
const copyKey = new EncryptionKey(
  "crm-state-copy",
  { ...keyArgs(stateRights.STATE_KEY_ALIAS, "Copy of the state of all stacks", copyRegion), tags },
  opts,
);
const copy = new SecureBucket(
  "crm-state-copy",
  {
    ...bucketArgs,
    ...placed(copyRegion),
    bucketName: `${config.stateBucket}-copy`,
    keyArn: copyKey.arn,
  },
  opts,
);
new BucketReplication(
  "crm-state-replication",
  {
    source: state,
    destination: copy,
    region: copyRegion,
    ...(stateRegion !== config.region && { sourceRegion: stateRegion }),
    keys: { source: stateKey, destination: copyKey },
    // Pulumi deletes a stack's lock when an update ends: a copy that kept it would be locked for ever. Versions
    // keep what a marker hides.
    deleteMarkers: true,
    roleName: "crm-pipeline-state-replication",
    arns: stateArns,
    tags,
  },
  opts,
);

if (config.createIdentityProvider) {
  new aws.iam.OpenIdConnectProvider(
    "github",
    { url: `https://${GITHUB_ISSUER}`, clientIdLists: [STS_AUDIENCE.name], tags },
    { provider, protect: true },
  );
}

const repository = {
  name: config.repository,
  id: config.repositoryId,
  ownerId: config.ownerId,
  subjects: config.subjects,
};
/** The only branch that is deployed and compared. */
const MAIN = "refs/heads/main";
const stacks = Object.keys(config.stacks);
const prefixes = Object.values(config.stacks).map(({ prefix }) => prefix);
const keyRegions = Object.values(config.stacks).map(({ region }) => region ?? config.region);
const allState = {
  ...{ arns: stateArns, bucket: config.stateBucket, project: "crm" },
  ...{ stacks, keyRegions },
};
const common = { repository, arns, tags };
/** Objects that the stacks create: the page that the distributions show while no task answers. */
const managedObjects = Object.values(config.stacks).flatMap(({ buckets }) =>
  buckets.map((bucket) => `${arns.bucket(bucket)}${MAINTENANCE_PAGE}`),
);

// A preview without a refresh asks AWS for nothing: reading the state is all that it needs.
const preview = new PipelineRole(
  "crm-pipeline-preview",
  {
    ...common,
    roleName: "crm-pipeline-preview",
    description: "Previews pull requests: reads the stacks' state and nothing else",
    // Only the preview job of a pull request, and never a bot's: its new versions are unread.
    runs: {
      subjects: ["pull_request"],
      workflow: "preview.yml",
      ref: "refs/pull/*/merge",
      notActors: ["*[bot]"],
    },
    policies: { state: stateRights.readState(allState) },
    sessionSeconds: 3600,
  },
  opts,
);

const drift = new PipelineRole(
  "crm-pipeline-drift",
  {
    ...common,
    roleName: "crm-pipeline-drift",
    description: "Compares what is deployed with the stacks' state; changes nothing",
    runs: { subjects: ["ref:refs/heads/main"], workflow: "drift.yml", ref: MAIN },
    policies: {
      // ReadOnlyAccess reads the state's files; its keys it may not use. A preview that refreshes takes no lock.
      state: [stateRights.decryptState(allState)],
      read: [
        ...readSecrets(arns, prefixes, config.regions),
        ...noContents(arns, config.stateBucket, managedObjects),
      ],
    },
    managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    sessionSeconds: 3600,
  },
  opts,
);

const images = new PipelineRole(
  "crm-pipeline-images",
  {
    ...common,
    roleName: "crm-pipeline-images",
    description: "Pushes images and reads what their scan found",
    runs: { subjects: ["ref:refs/heads/main"], workflow: "image.yml", ref: MAIN },
    policies: { push: pushImages(arns, prefixes, config.regions) },
    sessionSeconds: 3600,
  },
  opts,
);

const deployments = mapped(config.stacks, (settings, stack) => {
  const { environment, prefix, buckets, queues, repositories, region } = settings;
  const otherEnvironments = ENVIRONMENTS.filter((other) => other !== environment);
  new aws.iam.Policy(
    boundaryName(stack),
    {
      name: boundaryName(stack),
      description: `The most that a role of the stack ${stack} may do`,
      policy: policyDocument(
        ...boundary({ arns, otherEnvironments, stateBucket: config.stateBucket }),
      ),
      tags: tagsOf(environment),
    },
    { provider, protect: true },
  );
  /** Tags by which keys and chats are the stack's. */
  const keyTags = { Project: config.tags.project, Environment: environment, ManagedBy: "pulumi" };
  const state = { ...allState, stacks: [stack], keyRegions: [region ?? config.region] };
  return new PipelineRole(
    rights.deployRoleName(stack),
    {
      ...common,
      tags: tagsOf(environment),
      roleName: rights.deployRoleName(stack),
      description: `Deploys the stack ${stack}`,
      runs: { subjects: [`environment:${stack}`], workflow: "deploy-stack.yml", ref: MAIN },
      policies: {
        state: stateRights.writeState(state),
        ...rights.deploy({
          arns,
          prefix,
          buckets,
          queues,
          repositories,
          regions: config.regions,
          otherEnvironments,
          keyTags,
          boundary: boundaryName(stack),
        }),
        limits: rights.notThePipeline(
          state,
          stacks.filter((other) => other !== stack),
        ),
        ...(config.stacks[stack]!.chat && { chat: chatRights({ arns, prefix, tags: keyTags }) }),
        ...(config.stacks[stack]!.gameday && {
          gameday: gamedayRights({ arns, prefix, regions: config.regions, tags: keyTags }),
        }),
        ...(config.stacks[stack]!.extraServices.length > 0 && {
          extensions: extensionRights(config.stacks[stack]!.extraServices, config.regions),
        }),
      },
      // `npm run job-time` says how long a deployment takes, and refuses settings that need more.
      sessionSeconds: DEPLOYMENT_SESSION_SECONDS,
    },
    opts,
  );
});

/** For `pulumi login`. */
export const stateBackend = `s3://${config.stateBucket}?region=${stateRegion}`;
/** For `pulumi login` when the region of the state bucket is lost. */
export const stateCopyBackend = `s3://${config.stateBucket}-copy?region=${copyRegion}`;
/** For the repository's variable AWS_REGION. */
export const region = config.region;
/** How the subjects of the tokens that the roles trust begin. */
export const subject = subjectPrefix(repository);
/** For `pulumi stack init --secrets-provider`, by stack. */
export const secretsProviders = mapped(
  config.stacks,
  ({ region = config.region }, stack) =>
    `awskms://${stateRights.secretsKeyAlias(stack)}?region=${region}`,
);
/** For the repository's variables, by role: AWS_PREVIEW_ROLE and so on. */
export const roles = {
  preview: preview.roleArn,
  drift: drift.roleArn,
  images: images.roleArn,
  ...mapped(deployments, ({ roleArn }) => roleArn),
};
