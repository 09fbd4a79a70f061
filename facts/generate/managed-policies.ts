/**
 * Writes facts/iam/managed-policies.json: AWS's managed policies that roles of the stacks and bootstrap carry, from a
 * list that moto (Apache-2.0), a stand-in for AWS, asks of AWS and keeps in its package:
 *
 *     pip install --target /elsewhere moto
 *     node facts/generate/run.js managed-policies /elsewhere/moto/iam/aws_managed_policies.py <version of moto>
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { today } from "./sources";

export const MANAGED_POLICIES_FILE = path.join(__dirname, "../iam/managed-policies.json");

/** Names with their paths, as in the ARN after `policy/`. */
const KEPT = [
  "AWSBackupServiceRolePolicyForS3Backup",
  "AWSBackupServiceRolePolicyForS3Restore",
  "AmazonECSInfrastructureRolePolicyForLoadBalancers",
  "ReadOnlyAccess",
  "service-role/AWSBackupServiceRolePolicyForBackup",
  "service-role/AWSBackupServiceRolePolicyForRestores",
  "service-role/AmazonRDSEnhancedMonitoringRole",
];

interface Listed {
  readonly DefaultVersionId: string;
  readonly Document: unknown;
  readonly Path: string;
  readonly UpdateDate: string;
}

export function main([file, version]: readonly string[]): Promise<number> {
  if (file === undefined || version === undefined) {
    throw new Error("expected the file of moto's list and moto's version");
  }
  const python = fs.readFileSync(file, "utf8");
  const text = python.slice(python.indexOf('"""') + 3, python.lastIndexOf('"""'));
  const listed = JSON.parse(text) as Record<string, Listed>;
  const rows = KEPT.map((name) => {
    const found = listed[name.split("/").at(-1)!];
    if (found === undefined || `${found.Path}${name.split("/").at(-1)!}` !== `/${name}`) {
      throw new Error(`${name}: expected in ${file}, got ${found?.Path ?? "nothing"}`);
    }
    const { DefaultVersionId, UpdateDate, Document } = found;
    const row = { version: DefaultVersionId, date: UpdateDate.slice(0, 10), document: Document };
    return `${JSON.stringify(name)}: ${JSON.stringify(row)}`;
  });
  const source = { package: "moto", version, date: today() };
  fs.writeFileSync(
    MANAGED_POLICIES_FILE,
    `{\n"source": ${JSON.stringify(source)},\n"policies": {\n${rows.join(",\n")}\n}\n}\n`,
  );
  return Promise.resolve(0);
}
