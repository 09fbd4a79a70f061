/** An EFS file system that one service mounts, in every zone: encrypted, backed up, and open to that service's role only. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { EncryptionKey } from "../../components/encryption-key";
import type { Extension, PlatformParts } from "../../components/extension";

/** Key in `crm:services` of the service that mounts the files. */
const SERVICE = "core";
const MOUNT_PATH = "/mnt/shared";
/** User and group of the files, whichever user the container runs as. */
const OWNER = 1000;
const NFS = 2049;

class SharedFiles extends pulumi.ComponentResource {
  public readonly fileSystemId: pulumi.Output<string>;
  public readonly accessPointId: pulumi.Output<string>;
  /** A task that starts before them cannot mount. */
  public readonly mountTargets: readonly pulumi.Resource[];

  public constructor(
    name: string,
    private readonly parts: PlatformParts,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("crm:extension:SharedFiles", name, {}, opts);

    const { names, tagsOf, config } = parts;
    const tags = tagsOf(SERVICE);
    const key = new EncryptionKey(
      name,
      {
        alias: names.keyAlias("shared-files"),
        description: "Shared files",
        deletionWindowDays: config.keys.deletionWindowDays,
        protect: config.keys.protect,
        arns: parts.arns,
        tags,
      },
      { parent: this },
    );
    const fileSystem = new aws.efs.FileSystem(
      name,
      {
        encrypted: true,
        kmsKeyId: key.arn,
        throughputMode: "elastic",
        lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }],
        tags: { ...tags, Name: names.of("shared-files") },
      },
      { parent: this, protect: true },
    );
    const id = fileSystem.id;
    new aws.efs.BackupPolicy(
      name,
      { fileSystemId: id, backupPolicy: { status: "ENABLED" } },
      { parent: this },
    );
    this.createPolicy(name, id);
    const accessPoint = new aws.efs.AccessPoint(
      name,
      {
        fileSystemId: id,
        posixUser: { uid: OWNER, gid: OWNER },
        rootDirectory: {
          path: `/${SERVICE}`,
          creationInfo: { ownerUid: OWNER, ownerGid: OWNER, permissions: "0750" },
        },
        tags: { ...tags, Name: names.of("shared-files") },
      },
      { parent: this },
    );
    this.fileSystemId = id;
    this.accessPointId = accessPoint.id;
    this.mountTargets = this.createMountTargets(name, id);
    this.registerOutputs({ fileSystemId: this.fileSystemId, accessPointId: this.accessPointId });
  }

  /**
   * Without a policy every client that reaches a mount target may do anything; with one, what it or the client's role allows.
   * Source: EFS User Guide, "Using IAM to control access to file systems".
   */
  private createPolicy(name: string, fileSystemId: pulumi.Output<string>): void {
    new aws.efs.FileSystemPolicy(
      name,
      {
        fileSystemId,
        // It is the file system's own policy, and AWS chooses the id that an ARN would have. EFS adds the ARN where no resource stands,
        // which each refresh would show as drift, and leaves "*" as it is: pulumi/pulumi-aws#1394, aws/aws-cdk#30753.
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: { AWS: "*" },
              Action: "*",
              Resource: "*",
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      { parent: this },
    );
  }

  private createMountTargets(name: string, fileSystemId: pulumi.Output<string>) {
    const { network, config } = this.parts;
    const tags = this.parts.tagsOf(SERVICE);
    const group = new aws.ec2.SecurityGroup(
      name,
      { description: "Shared files", vpcId: network.vpcId, tags: { ...tags, Name: name } },
      { parent: this },
    );
    const nfs = { ipProtocol: "tcp", fromPort: NFS, toPort: NFS, tags };
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-ecs`,
      {
        ...nfs,
        securityGroupId: group.id,
        referencedSecurityGroupId: network.ecsSecurityGroupId,
        description: "NFS from the services",
      },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-from-ecs`,
      {
        ...nfs,
        securityGroupId: network.ecsSecurityGroupId,
        referencedSecurityGroupId: group.id,
        description: "NFS to the shared files",
      },
      { parent: this },
    );
    return config.network.availabilityZones.map(
      (zone, index) =>
        new aws.efs.MountTarget(
          `${name}-${zone}`,
          {
            fileSystemId,
            subnetId: network.privateSubnetIds.apply((ids) => ids[index]!),
            securityGroups: [group.id],
          },
          { parent: this },
        ),
    );
  }
}

const extension: Extension = {
  beforeServices: (parts) => {
    const files = new SharedFiles("shared-files", parts, parts.opts);
    return {
      [SERVICE]: {
        environment: { SHARED_FILES: MOUNT_PATH },
        statements: [
          {
            // AWS chooses the ids, and EFS enforces no condition on tags here: through an access point, over the network.
            sid: "MountSharedFiles",
            actions: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            resources: [parts.arns.regional("elasticfilesystem", "file-system/*")],
            conditions: {
              Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
              ArnLike: {
                "elasticfilesystem:AccessPointArn": parts.arns.regional(
                  "elasticfilesystem",
                  "access-point/*",
                ),
              },
            },
          },
        ],
        volumes: [
          {
            name: "shared-files",
            mountPath: MOUNT_PATH,
            fileSystemId: files.fileSystemId,
            accessPointId: files.accessPointId,
          },
        ],
        startAfter: files.mountTargets,
      },
    };
  },
};

export default extension;
